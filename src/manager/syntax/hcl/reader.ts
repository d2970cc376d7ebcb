import { Unreadable } from "../unreadable.ts";

/** Where a text is being read. Nesting is counted, since the stack is finite. */
export class Reader {
  readonly text: string;
  at: number;
  /** What is read ends here: it may be a part of the text. */
  readonly end: number;
  #depth: number;

  constructor(text: string, at = 0, end = text.length, depth = 0) {
    this.text = text;
    this.at = at;
    this.end = end;
    this.#depth = depth;
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) fail(this, "nested too deeply");
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** A reader of a part of the same text, no less deep. */
  within(start: number, end: number): Reader {
    return new Reader(this.text, start, end, this.#depth);
  }

  /** What a sticky pattern matches here, and goes behind it; `undefined` where it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || this.at + found.length > this.end) return undefined;
    this.at += found.length;
    return found;
  }
}

const DEEPEST = 128;

export function fail(reader: Reader, why: string): never {
  throw new Unreadable(why, Math.min(reader.at, reader.end));
}

export function isNext({ text, at, end }: Reader, mark: string): boolean {
  return at + mark.length <= end && text.startsWith(mark, at);
}

export function takeNext(reader: Reader, mark: string): boolean {
  const isThere = isNext(reader, mark);
  if (isThere) reader.at += mark.length;
  return isThere;
}

export function expectNext(reader: Reader, mark: string): void {
  if (!takeNext(reader, mark)) fail(reader, `${mark} is missing`);
}

const WORD = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;

/** A name, if one stands here. */
export function readWord(reader: Reader): string | undefined {
  return reader.take(WORD);
}

const BLANKS = /[ \t\r]+/y;
const LINE_COMMENT = /(?:#|\/\/)[^\n]*/y;
const SPACES = /[ \t\r\n]+/y;

/** Goes behind white space and comments; over line ends only where they mean nothing. Gives where it is then. */
export function skipSpace(reader: Reader, overLines: boolean): number {
  for (let more = true; more; ) {
    more = reader.take(overLines ? SPACES : BLANKS) !== undefined || skipComment(reader);
  }
  return reader.at;
}

function skipComment(reader: Reader): boolean {
  if (!isNext(reader, "/*")) return reader.take(LINE_COMMENT) !== undefined;
  const close = reader.text.indexOf("*/", reader.at + 2);
  if (close === -1 || close + 2 > reader.end) fail(reader, "a comment does not end");
  reader.at = close + 2;
  return true;
}
