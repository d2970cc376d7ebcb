import { isSpace } from "./logical-line.ts";
import { type Part, parseWord } from "./word.ts";

/** A here-document that a line begins. */
export interface Heredoc {
  /** The line that ends its body. */
  readonly name: string;
  /** `<<-`: tabs before that line do not count. */
  readonly indented: boolean;
}

/** In here-documents BuildKit takes the backslash for the escape character, whatever the file says. */
const ESCAPE = "\\";
const OPERATOR = /^\d*<<(-?)/;

/** The here-documents of a RUN, COPY or ADD line, in the order of their bodies. None when a shell could not read the line. */
export function heredocsOf(text: string): readonly Heredoc[] {
  const parts = parseWord(text, { start: 0, end: text.length }, ESCAPE);
  if (typeof parts === "string") return [];
  return splitWords(text, parts).flatMap((word) => {
    const heredoc = parseHeredoc(word);
    return heredoc === undefined ? [] : [heredoc];
  });
}

function parseHeredoc(word: string): Heredoc | undefined {
  const operator = OPERATOR.exec(word);
  if (operator === null) return undefined;
  const rest = word.slice(operator[0].length).trimStart();
  const parts = rest.includes("<") ? "" : parseWord(rest, { start: 0, end: rest.length }, ESCAPE);
  if (typeof parts === "string") return undefined;
  const name = literal(rest, parts);
  return name === "" ? undefined : { name, indented: operator[1] === "-" };
}

/** The text without quotes and escapes; variables stand for themselves. */
function literal(text: string, parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      return part.kind === "quoted" ? literal(text, part.parts) : text.slice(part.start, part.end);
    })
    .join("");
}

/** The shell's words of a line as written. Quoted space splits none, and neither does space behind `<<`. */
function splitWords(text: string, parts: readonly Part[]): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (const { kind, start, end } of parts) {
    if (kind === "quoted") {
      word += text.slice(start, end);
      continue;
    }
    for (let at = start, next = at; at < end; at = next) {
      next = kind === "text" ? endOfUnit(text, at, end) : at + 1;
      if (next > at + 1 || !isSpace(text[at])) word += text.slice(at, next);
      else if (word !== "") {
        words.push(word);
        word = "";
      }
    }
  }
  return word === "" ? words : [...words, word];
}

/** The end of what cannot be split: an escaped character, `<<` with the blanks behind it, or any one character. */
function endOfUnit(text: string, at: number, end: number): number {
  if (text[at] === ESCAPE) return Math.min(at + 2, end);
  if (!text.startsWith("<<", at)) return at + 1;
  let next = at + 2;
  while (next < end && isBlank(text[next])) next += 1;
  return next;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r";
}
