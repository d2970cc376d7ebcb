import type { Range } from "./logical-line.ts";

/** How an expansion uses the variable: the first character behind its name. */
export type Operator = "-" | "+" | "?" | "#" | "%" | "/";

/** `${name}`, `${name-word}`, `${name/word/replacement}`, … */
export interface VariablePart extends Range {
  readonly kind: "variable";
  readonly name: string;
  readonly operator: Operator | undefined;
  /** `:-`, `:+`, `:?`: an empty value counts as none. */
  readonly emptyIsUnset: boolean;
  /** `//`: every match, not only the first. */
  readonly all: boolean;
  readonly word: Word;
  readonly replacement: Word;
}

interface Word extends Range {
  readonly parts: readonly Part[];
}

/** A piece of a word; its range is as written, quotes and escapes included. */
export type Part =
  | (Range & { readonly kind: "text"; readonly text: string })
  | (Range & { readonly kind: "quoted"; readonly parts: readonly Part[] })
  | VariablePart;

/** How deeply expansions may stand in one another. No reference needs more, and the stack is finite. */
const MAX_DEPTH = 16;

interface Reader {
  readonly text: string;
  readonly end: number;
  readonly escapeToken: string;
  at: number;
  depth: number;
  /** What is wrong with the word; from then on nothing is read any more. */
  failure: string | undefined;
}

/** Parses a range of `text` as BuildKit's shell lexer does (`shell/lex.go`), or says why it cannot be read. */
export function parseWord(text: string, { start, end }: Range, escapeToken: string): readonly Part[] | string {
  const reader: Reader = { text, end, escapeToken, at: start, depth: 0, failure: undefined };
  const { parts } = readWord(reader, undefined, false);
  return reader.failure ?? parts;
}

function readWord(reader: Reader, stop: string | undefined, keepEscapes: boolean): Word {
  const parts: Part[] = [];
  const start = reader.at;
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) fail(reader, "expansions stand too deeply in one another");
  while (reader.at < reader.end && reader.text[reader.at] !== stop) parts.push(readPart(reader, stop, keepEscapes));
  const end = reader.at;
  if (stop !== undefined) expectNext(reader, stop);
  reader.depth -= 1;
  return { parts, start, end };
}

function readPart(reader: Reader, stop: string | undefined, keepEscapes: boolean): Part {
  switch (reader.text[reader.at]) {
    case "$":
      return readDollar(reader);
    case "'":
      return readSingleQuoted(reader);
    case '"':
      return readDoubleQuoted(reader, keepEscapes);
    default:
      return readText(reader, `$'"${stop ?? ""}`, keepEscapes);
  }
}

/** Reads up to any of `stops`. The escape character is dropped, and what follows it stands for itself. */
function readText(reader: Reader, stops: string, keepEscapes: boolean): Part {
  const { text, end, escapeToken } = reader;
  const start = reader.at;
  let value = "";
  let from = start;
  while (reader.at < end && !stops.includes(text[reader.at] ?? "")) {
    if (text[reader.at] === escapeToken) {
      value += text.slice(from, keepEscapes ? reader.at + 1 : reader.at);
      from = reader.at + 1;
      reader.at += 1;
    }
    reader.at = Math.min(reader.at + 1, end);
  }
  return { kind: "text", text: value + text.slice(from, reader.at), start, end: reader.at };
}

function readSingleQuoted(reader: Reader): Part {
  const start = reader.at;
  const close = reader.text.indexOf("'", start + 1);
  if (close === -1 || close >= reader.end) {
    fail(reader, "a single quote is not closed");
    return { kind: "text", text: "", start, end: start };
  }
  reader.at = close + 1;
  const range = { start: start + 1, end: close };
  const text: Part = { kind: "text", text: reader.text.slice(range.start, range.end), ...range };
  return { kind: "quoted", parts: text.text === "" ? [] : [text], start, end: reader.at };
}

function readDoubleQuoted(reader: Reader, keepEscapes: boolean): Part {
  const start = reader.at;
  const parts: Part[] = [];
  reader.at += 1;
  while (reader.at < reader.end && reader.text[reader.at] !== '"') {
    parts.push(reader.text[reader.at] === "$" ? readDollar(reader) : readQuotedText(reader, keepEscapes));
  }
  expectNext(reader, '"');
  return { kind: "quoted", parts, start, end: reader.at };
}

/** Between double quotes only `"`, `$` and the escape character itself can be escaped; else it stands for itself. */
function readQuotedText(reader: Reader, keepEscapes: boolean): Part {
  const { text, end, escapeToken } = reader;
  const start = reader.at;
  let value = "";
  let from = start;
  while (reader.at < end && text[reader.at] !== '"' && text[reader.at] !== "$") {
    const next = text[reader.at + 1];
    const escapes = text[reader.at] === escapeToken && (next === '"' || next === "$" || next === escapeToken);
    if (escapes) {
      value += text.slice(from, keepEscapes ? reader.at + 1 : reader.at);
      from = reader.at + 1;
    }
    reader.at = Math.min(reader.at + (escapes ? 2 : 1), end);
  }
  return { kind: "text", text: value + text.slice(from, reader.at), start, end: reader.at };
}

const NAME = /[\p{L}_][\p{L}\p{Nd}_]*|\p{Nd}+|[@*#?$!-]/uy;

function readDollar(reader: Reader): Part {
  const start = reader.at;
  reader.at += 1;
  if (reader.text[reader.at] === "{" && reader.at < reader.end) return readBraced(reader, start);
  const name = readName(reader);
  if (name === "") return { kind: "text", text: "$", start, end: reader.at };
  const word = emptyWord(reader);
  const rest = { operator: undefined, emptyIsUnset: false, all: false, word, replacement: word };
  return { kind: "variable", name, ...rest, start, end: reader.at };
}

function readBraced(reader: Reader, start: number): Part {
  reader.at += 1;
  const name = readName(reader);
  const emptyIsUnset = reader.text[reader.at] === ":";
  if (emptyIsUnset) reader.at += 1;
  const operator = readOperator(reader, name, emptyIsUnset);
  const all = operator === "/" && reader.text[reader.at] === "/";
  if (all) reader.at += 1;
  let [word, replacement] = [emptyWord(reader), emptyWord(reader)];
  if (operator === undefined) expectNext(reader, "}");
  else word = readWord(reader, operator === "/" ? "/" : "}", "#%/".includes(operator));
  if (operator === "/") replacement = readWord(reader, "}", true);
  return { kind: "variable", name, operator, emptyIsUnset, all, word, replacement, start, end: reader.at };
}

function readOperator(reader: Reader, name: string, emptyIsUnset: boolean): Operator | undefined {
  const operator = operatorOf(reader.text[reader.at]);
  if (name === "" || (emptyIsUnset && (operator === undefined || "#%/".includes(operator)))) {
    fail(reader, "Docker knows no such expansion");
  }
  if (operator !== undefined) reader.at += 1;
  return operator;
}

function operatorOf(character: string | undefined): Operator | undefined {
  switch (character) {
    case "-":
    case "+":
    case "?":
    case "#":
    case "%":
    case "/":
      return character;
    default:
      return undefined;
  }
}

function readName(reader: Reader): string {
  NAME.lastIndex = reader.at;
  const name = (NAME.exec(reader.text)?.[0] ?? "").slice(0, reader.end - reader.at);
  reader.at += name.length;
  return name;
}

function emptyWord({ at }: Reader): Word {
  return { parts: [], start: at, end: at };
}

function expectNext(reader: Reader, character: string): void {
  if (reader.at < reader.end && reader.text[reader.at] === character) reader.at += 1;
  else fail(reader, `${character} is missing`);
}

function fail(reader: Reader, why: string): void {
  reader.failure ??= why;
  reader.at = reader.end;
}
