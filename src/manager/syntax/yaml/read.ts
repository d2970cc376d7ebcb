import { type CST, Lexer, Parser } from "yaml";
import { type Reason, reason } from "../../../core/reason.ts";
import { lineCounter } from "../line-counter.ts";
import { Unreadable } from "../unreadable.ts";
import { joinLines } from "./join-lines.ts";
import { maskTemplate } from "./mask.ts";
import { NotClosed, readNode } from "./node.ts";
import { onlyDefines } from "./resource.ts";
import type { YamlFile, YamlNode, YamlText } from "./tree.ts";

/**
 * Larger files of this kind are machine output. Comments do not count, which make most of the values of some charts, nor do
 * definitions of custom resources, which make most of what projects release as one file.
 */
const LARGEST = 256 * 1024;
/** Words, marks and blanks of one text, each of which takes some 3 µs. What people write has one for every two characters or more. */
const MOST_LEXEMES = 150_000;
/** How much of one file is read anew, altogether: characters. */
const MOST_READ_AGAIN = 128 * 1024;

/**
 * Reads every document of a YAML 1.2 file. Tolerant where uses can still be told apart (tags, duplicate keys), and bounded
 * in size and depth. It reads the syntax tree, not the composed documents: that takes less than half the time, and keeps
 * every scalar as it is written (`1.10` is not a number).
 */
export function readYaml(path: string, text: string): YamlFile {
  return readOnce(path, text, plain);
}

/**
 * Reads a file that is YAML once a Go template is filled in, without filling it in: what the template's actions stand for
 * is unknown, and every scalar is as it is written, actions and all.
 */
export function readTemplate(path: string, text: string): YamlFile {
  return readOnce(path, text, template);
}

/** What a block begins with, and the lines behind that have nothing on them. */
const BLANKS_OF_BLOCK = /([|>][-+\d]*[ \t]*\r?\n)((?:[ \t]*\r?\n)+)/g;

/** What actions leave of the first lines of a block may be more spaces than its others begin with, which YAML refuses. */
function withoutBlanks(masked: string): string {
  const emptied = (blanks: string) => blanks.replace(/[ \t]/g, "\n");
  return masked.replace(BLANKS_OF_BLOCK, (_, header: string, blanks: string) => header + emptied(blanks));
}

/** Reads the YAML that stands in a literal block of a file, templates among it; all offsets are the file's. */
export function readBlock(file: YamlFile, { start, end }: { readonly start: number; readonly end: number }): YamlText {
  const known = file.blocks.get(start);
  if (known !== undefined) return known;
  const text = file.readable.slice(start, end);
  const { masked, unclosed } = maskTemplate(text);
  const read = parse(file, unclosed === undefined ? withoutBlanks(masked) : text, start);
  file.blocks.set(start, read);
  return read;
}

type Frame = Omit<YamlFile, keyof YamlText>;
type Read = (path: string, text: string) => YamlFile;

/** What each way of reading has read last: several managers ask for one file after another. */
const last = new Map<Read, YamlFile>();

function readOnce(path: string, text: string, read: Read): YamlFile {
  const known = last.get(read);
  if (known?.path === path && known.text === text) return known;
  const file = read(path, text);
  last.set(read, file);
  return file;
}

function plain(path: string, text: string): YamlFile {
  return readAs(path, text, text);
}

function template(path: string, text: string): YamlFile {
  const { masked, unclosed } = maskTemplate(text);
  if (unclosed === undefined) return readAs(path, text, withoutBlanks(masked));
  const file = frameOf(path, text, text);
  return { ...file, ...refusal(file, notParsed("a template action is not closed"), unclosed) };
}

function readAs(path: string, text: string, readable: string): YamlFile {
  const file = frameOf(path, text, readable);
  if (lengthOf(text) <= LARGEST) return { ...file, ...parse(file, readable, 0) };
  const parts = documentsOf(readable).filter(({ start, end }) => !onlyDefines(text.slice(start, end)));
  const length = parts.reduce((sum, { start, end }) => sum + lengthOf(text.slice(start, end)), 0);
  if (length > LARGEST) return { ...file, ...refusal(file, reason("too-large", `${length} characters of YAML`)) };
  const read = parts.map(({ start, end }) => parse(file, readable.slice(start, end), start));
  return { ...file, documents: read.flatMap(documentsIn), problems: read.flatMap(({ problems }) => problems) };
}

function lengthOf(text: string): number {
  if (text.length <= LARGEST) return text.length;
  return text.matchAll(/^[ \t]*#.*$/gm).reduce((length, [comment]) => length - comment.length, text.length);
}

function documentsIn({ documents }: YamlText): readonly YamlNode[] {
  return documents;
}

/** Where each document of a file stands: a line that begins with three hyphens begins one, whatever stands before it. */
function documentsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  const starts = [0, ...text.matchAll(/^---(?=\s)/gm).map(({ index }) => index)];
  return starts.map((start, at) => ({ start, end: starts[at + 1] ?? text.length }));
}

function frameOf(path: string, text: string, readable: string): Frame {
  const lineEndTo = (offset: number) =>
    `${text.includes("\r\n") ? "\r\n" : "\n"}${" ".repeat(columnOf(text, offset) - 1)}`;
  return {
    path,
    text,
    readable,
    again: { left: MOST_READ_AGAIN },
    blocks: new Map(),
    lineOf: lineCounter(text),
    lineEndTo,
  };
}

/** The column of an offset, from 1. */
function columnOf(text: string, offset: number): number {
  return offset - text.lastIndexOf("\n", offset - 1);
}

function refusal({ path, text, lineOf }: Frame, why: Reason, offset = 0): YamlText {
  return {
    documents: [],
    problems: [{ path, line: lineOf(offset), column: columnOf(text, offset), reason: why }],
  };
}

/**
 * `readable` is as long as what it stands for in the file, from `base` on. What is not closed where YAML wants it to be is
 * read once more with its lines joined, as long as not too much of the file is.
 */
function parse(file: Frame, readable: string, base: number): YamlText {
  let text = readable;
  for (;;) {
    try {
      return parseOnce(file, text, base);
    } catch (error) {
      file.again.left -= text.length;
      const joined = error instanceof NotClosed && file.again.left >= 0 ? joinLines(text, error.offset) : undefined;
      if (joined === undefined) return refused(file, error, base);
      text = joined;
    }
  }
}

function parseOnce(file: Frame, readable: string, base: number): YamlText {
  const documents: YamlNode[] = [];
  let faulty: { readonly message: string; readonly offset: number } | undefined;
  for (const token of tokensOf(readable)) {
    if (token === undefined) return refusal(file, reason("too-large", `more than ${MOST_LEXEMES} words of YAML`), base);
    if (token.type === "error") faulty ??= token;
    if (token.type !== "document" || token.value === undefined) continue;
    const node = readNode(file.text, base, token);
    if (node !== undefined) documents.push(node);
  }
  if (faulty !== undefined) return refusal(file, notParsed(faulty.message), base + faulty.offset);
  return { documents, problems: [] };
}

/** The tokens of a text; `undefined` where there are too many, and then no more. */
function* tokensOf(text: string): Generator<CST.Token | undefined, undefined> {
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MOST_LEXEMES) return yield undefined;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

function refused(file: Frame, error: unknown, base: number): YamlText {
  if (error instanceof Unreadable) return refusal(file, notParsed(error.message), base + error.offset);
  // The parser gives up on text that is nested too deeply.
  return refusal(file, notParsed(error instanceof RangeError ? "nested too deeply" : "not valid YAML"), base);
}

function notParsed(detail: string): Reason {
  return reason("not-parsed", detail);
}
