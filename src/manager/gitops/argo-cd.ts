import { reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import { chartValues, parametersAsValues } from "../syntax/yaml/chart-values.ts";
import { withinOf } from "../syntax/yaml/kustomize-images.ts";
import { childAt, isText, itemsOf, textOf } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import type { Resource } from "../syntax/yaml/resource.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import { valuesInText } from "./values-in-text.ts";

const LONGEST = 1024;

/** Resources of Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ */
export function isArgoCd({ apiVersion, kind }: Resource): boolean {
  return /^argoproj\.io\//.test(apiVersion) && (kind === "Application" || kind === "ApplicationSet");
}

/** What an Application gives its charts and kustomizations; an ApplicationSet has the template of one. */
export function* argoCdSites(node: YamlNode, resource: Resource, file: YamlFile): Iterable<Site> {
  const spec = resource.kind === "Application" ? childAt(node, "spec") : childAt(node, "spec", "template", "spec");
  const sources = [childAt(spec, "source"), ...itemsOf(childAt(spec, "sources")), drySource(spec)];
  for (const source of sources) yield* sourceSites(source, resource.title, file);
}

/** What one source, or a file that overrides one, gives a chart or a kustomization. */
export function* sourceSites(source: YamlNode | undefined, title: string, file: YamlFile): Iterable<Site> {
  for (const item of itemsOf(childAt(source, "kustomize", "images"))) yield* imageSite(item, title);
  const values = childAt(source, "helm", "valuesObject");
  if (values !== undefined) yield* chartValues(values, title);
  yield* parametersAsValues(childAt(source, "helm", "parameters"), title);
  yield* valuesInText(childAt(source, "helm", "values"), title, file);
}

function drySource(spec: YamlNode | undefined): YamlNode | undefined {
  return childAt(spec, "sourceHydrator", "drySource");
}

/** `name=new-name:tag`, or only the second. Handed to `kustomize edit set image`, which takes a tag or a digest, not both. */
function* imageSite(node: YamlNode, title: string): Iterable<Site> {
  const text = isText(node) ? (textOf(node) ?? "") : "";
  if (!isText(node) || text === "" || text.length > LONGEST) return;
  const prefix = text.slice(0, text.indexOf("=") + 1);
  const reference = parseReference(text.slice(prefix.length));
  const isVersioned = reference === undefined || (reference.tag ?? reference.digest) !== undefined;
  yield {
    node,
    prefix,
    role: "workload",
    carries: "tag",
    within: withinOf(title, prefix === "" ? text.replace(/[:@][^/]*$/, "") : prefix.slice(0, -1)),
    ...(!isVersioned && { held: reason("tag-elsewhere") }),
  };
}
