import { reason } from "../../core/reason.ts";
import type { Expand } from "../image-use.ts";

/** `$$`, `$NAME`, `${NAME}`, and `${NAME…}` with a default, a message or an alternative that has no braces in it. */
const VARIABLE = /\$(?:\$|(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?:(?<operator>:?[-?+])(?<word>[^{}$]*))?\})/g;
const MAX_NAME = 128;

/**
 * Expands a value as Compose does, as far as the file alone says what comes of it: a variable counts as its default.
 * https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
 */
export const interpolate: Expand = (text) => {
  if (!text.includes("$")) return { state: "whole", start: 0, end: text.length, variables: [] };
  const variables: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  let expanded = "";
  let last = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const { plain, name = plain, operator, word = "" } = match.groups ?? {};
    expanded += text.slice(last, match.index);
    last = match.index + match[0].length;
    if (name === undefined) {
      expanded += "$";
      continue;
    }
    if (operator !== "-" && operator !== ":-") return unresolved(name);
    const end = last - 1;
    variables.push({ name, start: end - word.length, end });
    expanded += word;
  }
  expanded += text.slice(last);
  if (expanded.includes("$")) return unresolved(text);
  const [only] = variables;
  const isWhole = only !== undefined && variables.length === 1 && text.startsWith("${") && only.end === text.length - 1;
  if (isWhole) return { state: "whole", start: only.start, end: only.end, variables };
  const names = [...new Set(variables.map(({ name }) => name))].join(", ");
  return { state: "held", text: expanded, reason: reason("partial-arg", names), variables };
};

function unresolved(name: string) {
  return { state: "unsupported", reason: reason("unresolved-variable", name.slice(0, MAX_NAME)) } as const;
}
