import { parseReference } from "../../core/reference.ts";
import type { Manager } from "../manager.ts";
import type { FieldsSite } from "../yaml/fields-use.ts";
import { entriesOf, isText, itemsOf, textOf, valueAt } from "../yaml/look.ts";
import { type ImageSite, yamlManager } from "../yaml/manager.ts";
import type { YamlMap, YamlNode } from "../yaml/tree.ts";

const NAMES = /(?:^|\/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml$/i;
const DEEPEST = 32;
/** No reference is longer. */
const LONGEST = 1024;
/** Keys under which charts write an image in one piece: `image`, `sidecarImage`, `init-image`. */
const INLINE = /(?:^|[a-z_-])image$/i;
/** How charts name the field of the repository, in the order in which they are looked for. */
const REPOSITORIES = ["repository", "image", "name"] as const;

/**
 * Values of Helm charts, in the shapes that charts have: `repository` (or `image`, or the `name` of an `image`) and `tag`,
 * with `registry` and `digest` or without, and the whole reference under a key that ends in `image`. A digest is written
 * only where the chart has a field for it: many charts put the tag into labels, where a digest is refused.
 */
export const helm: Manager = yamlManager({
  kind: "helm",
  matches: (path) => NAMES.test(path),
  mayHold: (text) => /image|\btag["']?[ \t]*:/i.test(text),
  // A manifest that is named so is read as what it is.
  sites: (document) => (textOf(valueAt(document, "apiVersion")) === undefined ? walk(document, "", 0) : []),
});

function* walk(node: YamlNode, under: string, depth: number): Iterable<ImageSite | FieldsSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  if (node.kind === "map") yield* fieldsSite(node, under);
  for (const [key, value] of entriesOf(node)) {
    if (INLINE.test(key) && isText(value) && isWhole(textOf(value))) yield { node: value, role: "workload" };
    else yield* walk(value, key, depth + 1);
  }
  for (const item of itemsOf(node)) yield* walk(item, under, depth + 1);
}

function* fieldsSite(map: YamlMap, under: string): Iterable<FieldsSite> {
  const repository = REPOSITORIES.find(
    (key) =>
      (key !== "name" || INLINE.test(under)) && isText(map.entries.get(key)) && !isWhole(textOf(map.entries.get(key))),
  );
  const isImage = map.entries.has("tag") || map.entries.has("digest");
  if (repository === undefined || !isImage) return;
  yield { map, name: ["registry", repository], tag: "tag", digest: "digest", mayAdd: false };
}

/** A name alone is a repository, whose tag stands elsewhere. */
function isWhole(text: string | undefined): boolean {
  if (text === undefined || text.length > LONGEST || text.includes("{{")) return false;
  const reference = parseReference(text);
  return reference?.tag !== undefined || reference?.digest !== undefined;
}
