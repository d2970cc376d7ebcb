import { isSpace, type LogicalLine, type Range, skipSpace } from "./logical-line.ts";

/** A text without the quotes and escapes around its characters, and the index in the logical line of each of them. */
export interface Spelled {
  readonly text: string;
  readonly indices: readonly number[];
}

/** The `--name=value` words behind a keyword, each as one text, and where what follows them begins. */
export interface Flags {
  readonly words: readonly Spelled[];
  readonly end: number;
}

/** Reads the flags as BuildKit's `extractBuilderFlags` does: until the first word without `--`, or `--` itself. */
export function readFlags({ text }: LogicalLine, start: number, escapeToken: string): Flags {
  const words: Spelled[] = [];
  let at = skipSpace(text, start);
  while (text.startsWith("--", at)) {
    const { word, end } = readFlag(text, at, escapeToken);
    at = skipSpace(text, end);
    if (word.text === "--") break;
    words.push(word);
  }
  return { words, end: at };
}

function readFlag(text: string, start: number, escapeToken: string): { readonly word: Spelled; readonly end: number } {
  const indices: number[] = [];
  let quote = "";
  let at = start;
  for (; at < text.length && (quote !== "" || !isSpace(text[at])); at += 1) {
    const character = text[at] ?? "";
    if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character !== escapeToken) indices.push(at);
    else if (at + 1 < text.length) indices.push(++at);
  }
  return { word: { text: indices.map((index) => text[index]).join(""), indices }, end: at };
}

/** The value of the flag `name`; of the last one, where it is repeated. */
export function flagValue(flags: Flags, name: string): Spelled | undefined {
  return flagValues(flags, name).at(-1);
}

/** The values of all flags `name`, in order. */
export function flagValues({ words }: Flags, name: string): readonly Spelled[] {
  const prefix = `--${name}=`;
  return words.filter(({ text }) => text.startsWith(prefix)).map((word) => behind(word, prefix.length));
}

/** The value of `from` in the value of a `--mount`, which is a CSV record of `key=value` fields; of the last, as Docker. */
export function mountSource(mount: Spelled): Spelled | undefined {
  const sources = csvFields(mount).filter(({ text }) => /^from=/i.test(text));
  const source = sources.at(-1);
  return source === undefined ? undefined : behind(source, "from=".length);
}

function csvFields({ text, indices }: Spelled): readonly Spelled[] {
  const fields: Spelled[] = [];
  for (let at = 0; at <= text.length; ) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at + 1) : endOf(text, ",", at);
    const start = quoted ? at + 1 : at;
    fields.push({ text: text.slice(start, end), indices: indices.slice(start, end) });
    at = quoted ? endOf(text, ",", end) + 1 : end + 1;
  }
  return fields;
}

/** A doubled quote stands for one; a field that has one names no image, so it is not put back together. */
function closingQuote(text: string, start: number): number {
  let end = endOf(text, '"', start);
  while (text[end + 1] === '"') end = endOf(text, '"', end + 2);
  return end;
}

function endOf(text: string, mark: string, start: number): number {
  const found = text.indexOf(mark, start);
  return found === -1 ? text.length : found;
}

function behind({ text, indices }: Spelled, length: number): Spelled {
  return { text: text.slice(length), indices: indices.slice(length) };
}

/** The range of the logical line that the text is spelled in, first character to last; `undefined` for an empty text. */
export function rangeOf({ indices }: Spelled): Range | undefined {
  const first = indices[0];
  const last = indices.at(-1);
  return first === undefined || last === undefined ? undefined : { start: first, end: last + 1 };
}
