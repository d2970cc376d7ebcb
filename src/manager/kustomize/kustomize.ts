import type { Manager } from "../manager.ts";
import type { FieldsSite } from "../yaml/fields-use.ts";
import { childAt, follow, itemsOf, textOf } from "../yaml/look.ts";
import { yamlManager } from "../yaml/manager.ts";
import type { YamlNode } from "../yaml/tree.ts";

/**
 * The `images` of kustomizations: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/. A digest
 * goes beside `newTag` where there is none: kustomize writes both (since 5.0).
 */
export const kustomize: Manager = yamlManager({
  kind: "kustomize",
  matches: (path) => /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path),
  mayHold: (text) => /\bimages["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<FieldsSite> {
  for (const item of itemsOf(childAt(document, "images"))) {
    const map = follow(item);
    if (map?.kind !== "map") continue;
    const renamed = textOf(map.entries.get("newName")) ?? "";
    yield { map, name: [renamed === "" ? "name" : "newName"], tag: "newTag", digest: "digest", mayAdd: true };
  }
}
