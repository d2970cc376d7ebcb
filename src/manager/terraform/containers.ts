import { expressionUse, type ImageExpression, type Source } from "../syntax/hcl/expression-use.ts";
import { entryOf } from "../syntax/hcl/scope.ts";
import type { HclExpression, HclText } from "../syntax/hcl/tree.ts";
import { itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { FoundUse } from "../use/found.ts";
import { imageUse } from "../use/image.ts";

const CONTAINER_LISTS: ReadonlySet<string> = new Set(["containers", "initContainers"]);

/**
 * The images of containers that are given as JSON: what `jsonencode` makes of a list or an object, or a text. What a file, a
 * template or a module gives is not seen.
 */
export function jsonUses(source: Source, image: ImageExpression): readonly FoundUse[] {
  const { expression } = image;
  if (expression.kind === "text") return textUses(source, expression, image);
  const [value] = expression.kind === "call" && expression.name === "jsonencode" ? expression.arguments : [];
  const containers = value?.kind === "list" ? value.items : [value];
  return containers.flatMap((container) => {
    const own = entryOf(container, "image");
    return own === undefined ? [] : [expressionUse("terraform", source, { ...image, expression: own })];
  });
}

/** JSON is YAML: read so, its texts have offsets. */
function textUses(
  { path, text, file }: Source,
  held: HclText,
  { role, platform, within }: ImageExpression,
): readonly FoundUse[] {
  if (held.parts.some((part) => part.kind === "literal" && !part.isExact)) return [];
  const [root] = readYaml(path, masked(text, held)).documents;
  const containers = root?.kind === "list" ? itemsOf(root) : [root];
  return containers.flatMap((container) => {
    const node = valueAt(container, "image");
    if (node?.kind !== "scalar") return [];
    const start = held.start + node.start;
    const value = text.slice(start, held.start + node.end);
    const more = { ...(platform !== undefined && { platform }), ...(within !== undefined && { within }) };
    return [
      imageUse("terraform", { path, line: file.lineOf(start), role, value, start, isExact: node.isExact, ...more }),
    ];
  });
}

/** The text with digits for what is filled in, which may stand outside of quotes. */
function masked(text: string, { parts, start, end }: HclText): string {
  const filled = parts.filter(({ kind }) => kind === "interpolation");
  const pieces = filled.map((part, at) => {
    const before = text.slice(filled[at - 1]?.end ?? start, part.start);
    return before + "0".repeat(part.end - part.start);
  });
  return pieces.join("") + text.slice(filled.at(-1)?.end ?? start, end);
}

/** The images of the containers in a manifest of Kubernetes that is written as an object. */
export function manifestImages(expression: HclExpression): readonly HclExpression[] {
  if (expression.kind === "list") return expression.items.flatMap(manifestImages);
  if (expression.kind !== "object") return [];
  return expression.entries.flatMap(({ key, value }) => {
    const containers = CONTAINER_LISTS.has(key ?? "") && value.kind === "list" ? value.items : [];
    const own = containers.map((container) => entryOf(container, "image")).filter((one) => one !== undefined);
    return [...own, ...manifestImages(value)];
  });
}

/** Keys that are called after an image: `image`, `container_image`, `dockerImage`. */
const IMAGE = /(?:^|_)image(?:_ur[il])?$|[a-z]Image(?:Ur[il])?$/;

/** What stands under keys that are called after an image, at any depth. */
export function namedImages(attributes: ReadonlyMap<string, HclExpression>): readonly HclExpression[] {
  return [...attributes].flatMap(([key, value]) => imagesUnder(key, value));
}

function imagesUnder(key: string | undefined, value: HclExpression): readonly HclExpression[] {
  if (value.kind === "object") return value.entries.flatMap((entry) => imagesUnder(entry.key, entry.value));
  if (value.kind === "list") return value.items.flatMap((item) => imagesUnder(undefined, item));
  if (value.kind === "call") return value.arguments.flatMap((argument) => imagesUnder(undefined, argument));
  return IMAGE.test(key ?? "") && (value.kind === "text" || value.kind === "name") ? [value] : [];
}
