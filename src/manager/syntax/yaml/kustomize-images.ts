import { reason } from "../../../core/reason.ts";
import type { FieldsSite } from "./fields-use.ts";
import { follow, itemsOf, textOf } from "./look.ts";
import type { YamlNode } from "./tree.ts";

const LACKS = { tag: reason("tag-elsewhere"), name: reason("name-elsewhere") };
const MOST_SHOWN = 128;

/**
 * A list of `images`, as kustomizations have it: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/.
 * A digest goes beside `newTag` where there is none: kustomize writes both (since 5.0).
 */
export function* kustomizeImages(list: YamlNode | undefined, owner = ""): Iterable<FieldsSite> {
  for (const item of itemsOf(list)) {
    const map = follow(item);
    if (map?.kind !== "map") continue;
    const { entries } = map;
    const renamed = textOf(entries.get("newName")) ?? "";
    const isChanged = ["newName", "newTag", "digest"].some((key) => (textOf(entries.get(key)) ?? "") !== "");
    if (!isChanged) continue;
    yield {
      name: [entries.get(renamed === "" ? "name" : "newName")],
      tag: entries.get("newTag"),
      digest: entries.get("digest"),
      digestField: { map, key: "digest", before: "newTag" },
      role: "workload",
      within: withinOf(owner, textOf(entries.get("name")) ?? ""),
      lacks: LACKS,
    };
  }
}

/** What a kustomization calls the images that it changes. */
export function withinOf(owner: string, name: string): string {
  return `${owner} image ${name}`.trim().slice(0, MOST_SHOWN);
}
