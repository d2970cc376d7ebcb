import { chartValues } from "../syntax/yaml/chart-values.ts";
import { childAt, isText } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import type { Resource } from "../syntax/yaml/resource.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import { valuesInText } from "./values-in-text.ts";

/** Charts that K3s and RKE2 deploy: https://docs.k3s.io/helm */
export function isHelmChart({ apiVersion }: Resource): boolean {
  return /^helm\.cattle\.io\//.test(apiVersion);
}

export function* helmChartSites(node: YamlNode, { title }: Resource, file: YamlFile): Iterable<Site> {
  const spec = childAt(node, "spec");
  const job = childAt(spec, "jobImage");
  if (isText(job)) yield { node: job, role: "workload", within: title };
  const values = childAt(spec, "values");
  if (values !== undefined) yield* chartValues(values, title);
  yield* valuesInText(childAt(spec, "valuesContent"), title, file);
}
