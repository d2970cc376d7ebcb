import { expectNext, fail, isNext, type Reader, skipSpace, takeNext } from "./reader.ts";
import type { HclExpression, HclLiteral, HclPart, HclText } from "./tree.ts";

type ReadExpression = (reader: Reader, inBrackets: boolean) => HclExpression;
type ReadLiteral = (reader: Reader) => HclLiteral;

/** Reads a quoted text. */
export function readText(reader: Reader, readExpression: ReadExpression): HclText {
  expectNext(reader, '"');
  const start = reader.at;
  const parts: HclPart[] = [];
  while (!isNext(reader, '"')) parts.push(readPart(reader, readExpression, readQuoted));
  const end = reader.at;
  reader.at += 1;
  return { kind: "text", parts, start, end };
}

/** Reads all that is left as a text whose quotes, and their escapes, are not HCL's. */
export function readPlain(reader: Reader, readExpression: ReadExpression): HclText {
  const start = reader.at;
  const parts: HclPart[] = [];
  while (reader.at < reader.end) parts.push(readPart(reader, readExpression, (here) => readLine(here, start, 0)));
  return { kind: "text", parts, start, end: reader.end };
}

const HEREDOC = /<<-?[\p{ID_Start}_][\p{ID_Continue}-]*[ \t\r]*\n/uy;

/** Reads a here-document. Its last line is the one that has only its mark on it. */
export function readHeredoc(reader: Reader, readExpression: ReadExpression): HclText {
  const operator = reader.take(HEREDOC) ?? fail(reader, "a value is missing");
  const start = reader.at;
  const { end, after } = endOfHeredoc(reader, operator.replace(/^<<-?/, "").trim());
  const indent = operator.startsWith("<<-") ? indentOf(reader.text.slice(start, end)) : 0;
  const body = reader.within(start, end);
  const parts: HclPart[] = [];
  while (body.at < end) parts.push(readPart(body, readExpression, (here) => readLine(here, start, indent)));
  reader.at = after;
  return { kind: "text", parts: parts.filter((part) => part.end > part.start), start, end };
}

function endOfHeredoc(reader: Reader, mark: string): { readonly end: number; readonly after: number } {
  for (let at = reader.at; at < reader.end; ) {
    const newline = reader.text.indexOf("\n", at);
    const after = newline === -1 || newline > reader.end ? reader.end : newline;
    if (reader.text.slice(at, after).trim() === mark) return { end: at, after };
    at = after + 1;
  }
  return fail(reader, "a here-document does not end");
}

/** How far all lines that say something are indented. */
function indentOf(body: string): number {
  const indents = body.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.search(/[^ \t]/)]));
  return indents.reduce((least, indent) => Math.min(least, indent), indents[0] ?? 0);
}

function readPart(reader: Reader, readExpression: ReadExpression, readLiteral: ReadLiteral): HclPart {
  const start = reader.at;
  if (isNext(reader, "%{")) {
    skipDirective(reader, readExpression);
    return {
      kind: "interpolation",
      expression: { kind: "other", terms: [], start, end: reader.at },
      start,
      end: reader.at,
    };
  }
  if (!takeNext(reader, "${")) return readLiteral(reader);
  takeNext(reader, "~");
  const expression = readExpression(reader, true);
  skipSpace(reader, true);
  takeNext(reader, "~");
  expectNext(reader, "}");
  return { kind: "interpolation", expression, start, end: reader.at };
}

/** `%{ if … }`, `%{ else }`, `%{ for x in xs }`, `%{ endfor }`: what they come to nobody here asks. */
function skipDirective(reader: Reader, readExpression: ReadExpression): void {
  if (reader.take(/%\{~?\s*(?:else|endif|endfor)\s*~?\}/y) !== undefined) return;
  const isKnown = reader.take(/%\{~?\s*(?:if|for\s[^\n"{}]*?\sin)\s/y);
  if (isKnown === undefined) fail(reader, "a directive is not known");
  readExpression(reader, true);
  skipSpace(reader, true);
  takeNext(reader, "~");
  expectNext(reader, "}");
}

const QUOTED = /(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))+/y;
const LINE = /(?:[^$%\n]+|\$(?!\$?\{)|%(?!%?\{))*\n?/y;

function readQuoted(reader: Reader): HclLiteral {
  const start = reader.at;
  const raw = reader.take(QUOTED) ?? fail(reader, "a text does not end");
  return literal(raw, raw.replaceAll(/\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$\{|%%\{/g, unescaped), start);
}

/** One line of a text, or what is left of it before an expression. */
function readLine(reader: Reader, from: number, indent: number): HclLiteral {
  if (reader.at === from || reader.text[reader.at - 1] === "\n") {
    for (let left = indent; left > 0 && /[ \t]/.test(reader.text[reader.at] ?? ""); left -= 1) reader.at += 1;
  }
  const start = reader.at;
  if (start === reader.end || isNext(reader, "${") || isNext(reader, "%{")) return literal("", "", start);
  // `$${` says what stands behind its first character.
  if (isNext(reader, "$${") || isNext(reader, "%%{")) {
    reader.at += 3;
    return {
      kind: "literal",
      value: reader.text.slice(start + 1, start + 3),
      start: start + 1,
      end: start + 3,
      isExact: true,
    };
  }
  LINE.lastIndex = start;
  const raw = (LINE.exec(reader.text)?.[0] ?? "").slice(0, reader.end - start);
  reader.at += raw.length;
  return literal(raw, raw, start);
}

function literal(raw: string, value: string, start: number): HclLiteral {
  return { kind: "literal", value, start, end: start + raw.length, isExact: raw === value };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "\t"],
  ["$${", "${"],
  ["%%{", "%{"],
]);

function unescaped(escaped: string): string {
  if (/^\\[uU].{4}/.test(escaped)) {
    const code = Number.parseInt(escaped.slice(2), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escaped;
  }
  return ESCAPES.get(escaped) ?? escaped.slice(1);
}
