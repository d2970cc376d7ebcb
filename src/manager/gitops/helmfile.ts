import { chartValues, parametersAsValues } from "../syntax/yaml/chart-values.ts";
import { childAt, itemsOf, textOf } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** What releases give their charts in the file itself: https://helmfile.readthedocs.io/en/latest/ */
export function* helmfileSites(document: YamlNode): Iterable<Site> {
  for (const release of itemsOf(childAt(document, "releases"))) {
    const title = `release ${textOf(childAt(release, "name")) ?? ""}`.slice(0, 128);
    for (const values of itemsOf(childAt(release, "values"))) {
      if (values.kind === "map") yield* chartValues(values, title);
    }
    yield* parametersAsValues(childAt(release, "set"), title);
  }
}
