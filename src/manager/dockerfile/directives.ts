import type { Place } from "./logical-line.ts";

/** What the parser directives at the head of a file say. */
export interface Directives {
  /** The character that escapes and continues lines. */
  readonly escapeToken: "\\" | "`";
  /** Where the frontend's image is named, if it is. */
  readonly syntax: Place | undefined;
}

interface Directive extends Place {
  readonly name: string;
}

const KEY = /[^\S\n]*#[^\S\n]*([A-Za-z][A-Za-z0-9]*)[^\S\n]*=[^\S\n]*/y;
const NAMES: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

/**
 * Reads the parser directives as BuildKit does: before everything else, each once, ended by the first line that is none.
 * BuildKit reads them twice, and differently: the frontend is looked for behind a `#!` line but in no indented comment,
 * the escape character the other way round.
 */
export function readDirectives(text: string): Directives {
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const shebang = text.startsWith("#!", start);
  const escapeToken = directivesFrom(text, start, 1).find(({ name }) => name === "escape");
  const syntax = directivesFrom(text, shebang ? nextLine(text, start) : start, shebang ? 2 : 1, "#").find(
    ({ name }) => name === "syntax",
  );
  return {
    escapeToken: escapeToken !== undefined && text.slice(escapeToken.start, escapeToken.end) === "`" ? "`" : "\\",
    syntax: syntax === undefined ? undefined : firstWord(text, syntax),
  };
}

function directivesFrom(text: string, start: number, line: number, prefix = ""): readonly Directive[] {
  const found = new Map<string, Directive>();
  for (let at = start, number = line; text.startsWith(prefix, at); at = nextLine(text, at), number += 1) {
    const directive = directiveAt(text, at, number);
    if (directive === undefined || found.has(directive.name)) break;
    found.set(directive.name, directive);
  }
  return [...found.values()];
}

function directiveAt(text: string, start: number, line: number): Directive | undefined {
  KEY.lastIndex = start;
  const name = KEY.exec(text)?.[1]?.toLowerCase() ?? "";
  if (!NAMES.has(name)) return undefined;
  const from = KEY.lastIndex;
  const value = text.slice(from, nextLine(text, from)).trimEnd();
  return value === "" ? undefined : { name, start: from, end: from + value.length, line, whole: true };
}

function firstWord(text: string, { start, end, line }: Directive): Place {
  const space = text.indexOf(" ", start);
  return { start, end: space === -1 ? end : Math.min(space, end), line, whole: true };
}

function nextLine(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  return newline === -1 ? text.length : newline + 1;
}
