import { reason } from "../../core/reason.ts";
import { type Expansion, expand, type Scope, variableAt } from "./expand.ts";
import { isSpace, type LogicalLine, type Range, skipSpace } from "./logical-line.ts";
import { parseWord } from "./word.ts";

/** Reads the words of an ARG in the global scope, in order, into the scope: each may use those before it. */
export function defineArguments(line: LogicalLine, start: number, escapeToken: string, scope: Scope): void {
  for (const word of argumentWords(line.text, start, escapeToken)) {
    const [name = "", ...values] = line.text.slice(word.start, word.end).split("=");
    const given = scope.given.get(name);
    if (given !== undefined) scope.settings.set(name, given);
    // Without a value it declares a build argument, and what it was before stays.
    if (values.length === 0 || given !== undefined) continue;
    const range = { start: word.start + name.length + 1, end: word.end };
    const value = expandRange(line, range, escapeToken, scope);
    scope.settings.set(name, { variable: variableAt(name, range, line, scope), value });
  }
}

/** The expansion of a range of a line. What Docker could not read either is no reference. */
export function expandRange(line: LogicalLine, range: Range, escapeToken: string, scope: Scope): Expansion {
  const parts = parseWord(line.text, range, escapeToken);
  if (typeof parts !== "string") return expand(parts, line, scope);
  const blocked = { state: "unsupported", reason: reason("invalid-reference", parts) } as const;
  return { text: line.text.slice(range.start, range.end), variables: [], computed: true, blocked };
}

/** Splits at white space outside quotes, as BuildKit's `parseWords`. */
function argumentWords(text: string, from: number, escapeToken: string): readonly Range[] {
  const words: Range[] = [];
  let at = skipSpace(text, from);
  while (at < text.length) {
    const start = at;
    at = endOfWord(text, start, escapeToken);
    words.push({ start, end: at });
    at = skipSpace(text, at);
  }
  return words;
}

function endOfWord(text: string, start: number, escapeToken: string): number {
  let quote = "";
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === escapeToken && quote !== "'") at += 1;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (isSpace(character)) return at;
  }
  return text.length;
}
