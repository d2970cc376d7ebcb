import { readFlags } from "./flags.ts";
import { type Heredoc, heredocsOf } from "./heredoc.ts";
import { isSpace, type LogicalLine, skipSpace } from "./logical-line.ts";

/** One instruction of the file. `ONBUILD COPY …` is the instruction `copy` with `onbuild` set. */
export interface Instruction {
  /** In lower case, as written: it may be none that Docker knows. */
  readonly keyword: string;
  readonly onbuild: boolean;
  readonly line: LogicalLine;
  /** Index in the line's text of what follows the keyword. */
  readonly start: number;
  /** Whether a here-document that it begins has no end: then nothing after it can be read. */
  readonly unterminated: boolean;
}

/** The instructions that Docker knows. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...["add", "arg", "cmd", "copy", "entrypoint", "env", "expose", "from", "healthcheck", "label", "maintainer"],
  ...["onbuild", "run", "shell", "stopsignal", "user", "volume", "workdir"],
]);

interface PhysicalLine {
  readonly start: number;
  /** Before the line end, whichever it is. */
  readonly end: number;
  readonly number: number;
}

type PhysicalLines = Iterator<PhysicalLine, undefined>;

const TAKES_HEREDOC: ReadonlySet<string> = new Set(["add", "copy", "run"]);

/** The instructions of a Dockerfile in order, split as BuildKit's parser does. Linear in the text. */
export function* readInstructions(text: string, escapeToken: string): Generator<Instruction, undefined> {
  const lines = physicalLines(text);
  for (let first = lines.next(); !first.done; first = lines.next()) {
    const start = skipIndent(text, first.value);
    if (start === first.value.end || text[start] === "#") continue;
    const line = joinLines(text, { ...first.value, start }, lines, escapeToken);
    if (line.text === "") continue;
    const instruction = parseInstruction(line, escapeToken);
    const unterminated = bodiesOf(instruction, escapeToken).some((heredoc) => !skipBody(text, lines, heredoc));
    yield { ...instruction, unterminated };
    if (unterminated) return;
  }
}

function* physicalLines(text: string): Generator<PhysicalLine, undefined> {
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let number = 1; start < text.length; number += 1) {
    const newline = text.indexOf("\n", start);
    const next = newline === -1 ? text.length : newline + 1;
    let end = newline === -1 ? next : newline;
    while (end > start && text[end - 1] === "\r") end -= 1;
    yield { start, end, number };
    start = next;
  }
}

/** Joins a line with those that continue it. Comments and blank lines between are skipped, and do not end it. */
function joinLines(text: string, first: PhysicalLine, lines: PhysicalLines, escapeToken: string): LogicalLine {
  const pieces = [{ at: 0, offset: first.start, line: first.number }];
  let end = continuedAt(text, first, escapeToken);
  let joined = text.slice(first.start, end ?? first.end);
  while (end !== undefined) {
    const next = lines.next();
    if (next.done) break;
    const start = skipIndent(text, next.value);
    if (start === next.value.end || text[start] === "#") continue;
    end = continuedAt(text, next.value, escapeToken);
    pieces.push({ at: joined.length, offset: next.value.start, line: next.value.number });
    joined += text.slice(next.value.start, end ?? next.value.end);
  }
  return { text: joined.trimEnd(), pieces };
}

/**
 * Where the continuation character stands that ends the line, if one does: the last thing but blanks and tabs, and not
 * behind another one. (`\\\` is none either: BuildKit looks at one character only.)
 */
function continuedAt(text: string, { start, end }: PhysicalLine, escapeToken: string): number | undefined {
  let last = end - 1;
  while (last >= start && (text[last] === " " || text[last] === "\t")) last -= 1;
  const continues = last >= start && text[last] === escapeToken && (last === start || text[last - 1] !== escapeToken);
  return continues ? last : undefined;
}

function skipIndent(text: string, { start, end }: PhysicalLine): number {
  let at = start;
  while (at < end && isSpace(text[at])) at += 1;
  return at;
}

type Parsed = Omit<Instruction, "unterminated">;

function parseInstruction(line: LogicalLine, escapeToken: string): Parsed {
  const outer = splitKeyword(line, skipSpace(line.text, 0));
  if (outer.keyword !== "onbuild") return { ...outer, onbuild: false };
  return { ...splitKeyword(line, readFlags(line, outer.start, escapeToken).end), onbuild: true };
}

function splitKeyword(line: LogicalLine, from: number): Omit<Parsed, "onbuild"> {
  let end = from;
  while (end < line.text.length && !isSpace(line.text[end])) end += 1;
  return { keyword: line.text.slice(from, end).toLowerCase(), line, start: skipSpace(line.text, end) };
}

function bodiesOf({ keyword, line, start }: Parsed, escapeToken: string): readonly Heredoc[] {
  if (!TAKES_HEREDOC.has(keyword) || !line.text.includes("<<")) return [];
  const operands = readFlags(line, start, escapeToken).end;
  return isStringList(line.text.slice(operands)) ? [] : heredocsOf(line.text);
}

/** Whether an instruction's operands are in the exec form, where nothing is left to a shell. */
function isStringList(operands: string): boolean {
  if (!operands.startsWith("[")) return false;
  try {
    const parsed: unknown = JSON.parse(operands);
    return Array.isArray(parsed);
  } catch {
    return false;
  }
}

/** Skips the body of a here-document; `false` when the file ends before it does. */
function skipBody(text: string, lines: PhysicalLines, { name, indented }: Heredoc): boolean {
  for (let next = lines.next(); !next.done; next = lines.next()) {
    const { end } = next.value;
    let { start } = next.value;
    while (indented && start < end && text[start] === "\t") start += 1;
    if (end - start === name.length && text.startsWith(name, start)) return true;
  }
  return false;
}
