import { plainText } from "./plain-text.ts";

/**
 * Text from outside in GitHub-flavoured Markdown. Whatever it holds, it stays on its line and in its table cell, and
 * makes no markup, no link, no mention and no reference to an issue.
 */

/** Signs of Markdown and HTML; and what GitHub makes a mention, a reference or a link of in rendered text. */
const ACTIVE = /[&<>[\]`*_~|\\$!{}^]|[@#]|\bGH-|:\/\/|\bwww\./gi;
/** Rendered text has no escaping left: only an invisible break inside keeps a name from being found. */
const BREAK = "&#8203;";

const MAX_URL = 500;
/** What a row takes beside its cells, at most. */
const ROW_MARKUP = 20;

/** `text` as prose, at most `max` characters of it. */
export function escapeText(text: string, max: number): string {
  return plainText(text, max).replace(ACTIVE, (found) => {
    if (found === "@") return found + BREAK;
    if (found === "#") return entity(found) + BREAK;
    return found.length === 1 ? entity(found) : found[0] + BREAK + found.slice(1);
  });
}

/**
 * `text` as code, at most `max` characters of it. A backtick, pipe or backslash does not fit between backticks in a table:
 * then every sign is an entity, so that nothing is found in it either.
 */
export function code(text: string, max = 200): string {
  const line = plainText(text, max);
  if (line === "") return "";
  if (!/[`|\\]/.test(line)) return `\`${line}\``;
  const inert = line.replace(/[^\p{L}\p{N} /-]/gu, (sign) => (sign === "@" ? entity(sign) + BREAK : entity(sign)));
  return `<code>${inert}</code>`;
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/** `text` with a link to `url`; without one when `url` is no plain http or https address. */
export function link(text: string, url: string, max: number): string {
  const address = webAddress(url);
  return address === undefined ? escapeText(text, max) : `[${escapeText(text, max)}](${address})`;
}

function webAddress(text: string): string | undefined {
  if (text.length > MAX_URL || !URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  const isWeb = protocol === "https:" || protocol === "http:";
  if (!isWeb || username !== "" || password !== "" || href.length > MAX_URL) return undefined;
  return href.replace(/[()<>[\]|`\\'"]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A table; `columns` after the first may be aligned to the right by a trailing `:`. Cells are Markdown already. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rules = columns.map((column) => (column.endsWith(":") ? "---:" : "---"));
  return [row(columns.map((column) => column.replace(/:$/, ""))), row(rules), ...rows.map(row)].join("\n");
}

/** A part that is folded until a person opens it. */
export function fold(summary: string, content: string, state: "open" | "closed" = "closed"): string {
  return `<details${state === "open" ? " open" : ""}><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** `text` as a block of code, whatever backticks it holds. `language` colours it. */
export function fence(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text.trimEnd()}\n${marks}`;
}

/** As many of `rows` (lines, or lists of cells) from the start as `most` and `budget`, in characters, allow. */
export function takeWithin<T extends string | readonly string[]>(
  rows: readonly T[],
  most: number,
  budget: number,
): readonly T[] {
  let left = budget;
  const end = rows.slice(0, most).findIndex((row) => {
    left -= String(row).length + ROW_MARKUP;
    return left < 0;
  });
  return rows.slice(0, end === -1 ? most : end);
}

/** An HTML comment with JSON in it, which nothing in `value` can end. */
export function hiddenJson(name: string, value: unknown): string {
  const json = JSON.stringify(value).replace(/[^ -~]|[<>&]|-(?=-)/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `<!-- ${name}:${json} -->`;
}
