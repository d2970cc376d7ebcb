import { chartValues } from "../syntax/yaml/chart-values.ts";
import { childAt, itemsOf, textOf } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** What a bundle of Fleet gives its chart, everywhere and for some clusters: https://fleet.rancher.io/ref-fleet-yaml */
export function* fleetSites(document: YamlNode): Iterable<Site> {
  for (const one of [document, ...itemsOf(childAt(document, "targetCustomizations"))]) {
    const values = childAt(one, "helm", "values");
    if (values !== undefined) yield* chartValues(values, textOf(childAt(one, "name"))?.slice(0, 128) ?? "");
  }
}
