/** A stretch of a logical line that stands in the file without a break. */
interface Piece {
  /** Where it begins in the logical line. */
  readonly at: number;
  /** Where it begins in the file. */
  readonly offset: number;
  readonly line: number;
}

/** What Docker reads as one line: continued lines joined; comments, blank lines and continuation characters left out. */
export interface LogicalLine {
  readonly text: string;
  /** In order, at least one. */
  readonly pieces: readonly Piece[];
}

/** A range of UTF-16 units, half-open. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a range of a logical line stands in the file. */
export interface Place extends Range {
  /** 1-based line of its first character. */
  readonly line: number;
  /** Whether it stands there in one piece, so that the file reads the same as the logical line. */
  readonly whole: boolean;
}

/** Where `range` of `line` stands in the file. */
export function placeOf(line: LogicalLine, range: Range): Place {
  const first = pieceAt(line, range.start);
  const last = pieceAt(line, Math.max(range.start, range.end - 1));
  return {
    start: first.offset + range.start - first.at,
    end: last.offset + range.end - last.at,
    line: first.line,
    whole: first === last,
  };
}

function pieceAt({ pieces }: LogicalLine, index: number): Piece {
  let low = 0;
  let high = pieces.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.at ?? 0) <= index) low = middle;
    else high = middle;
  }
  return pieces[low] ?? { at: 0, offset: 0, line: 1 };
}

/** The range without quotes, if it begins and ends with the same one and that does not stand anywhere between. */
export function unquote(text: string, { start, end }: Range): Range {
  const quote = text[start];
  const quoted = (quote === '"' || quote === "'") && end - start >= 2 && text.indexOf(quote, start + 1) === end - 1;
  return quoted ? { start: start + 1, end: end - 1 } : { start, end };
}

/** Whether a character is white space, for Docker and in Unicode. */
export function isSpace(character: string | undefined): boolean {
  if (character === undefined || (character > " " && character < "\x7f")) return false;
  return character.trim() === "";
}

/** The first index from `index` on that is not white space. */
export function skipSpace(text: string, index: number): number {
  let at = index;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}
