import { type ImageReference, parseReference, rewriteReference } from "../reference.ts";
import type { Piece, Span } from "./use.ts";

/**
 * What each piece must say so that together they read as `to` where they read as `from`. The words and numbers of a tag
 * keep their places, and only what they say changes. `undefined` where nobody can tell which piece a change belongs to, where a
 * fixed piece would change, or where a digest would come behind a part of a tag: a digest never goes into that.
 */
export function rewritePieces(
  pieces: readonly Piece[],
  from: ImageReference,
  to: ImageReference,
): readonly string[] | undefined {
  const before = textOf(pieces);
  const after = rewriteReference(before, from, to);
  if (after === undefined) return undefined;
  const parts = partsOf(before, from);
  const moved = moves({ text: before, ...parts }, { text: after, ...partsOf(after, to) });
  const said = new Map<string, string>();
  const texts: string[] = [];
  let at = 0;
  for (const piece of pieces) {
    const [start, end] = [moved(at), moved(at + piece.text.length)];
    if (start === undefined || end === undefined) return undefined;
    const text = after.slice(start, end);
    const isMeant = text === piece.text || (piece.fixed !== true && mayChange(at, piece, text, parts));
    const key = pieceKey(piece);
    if (!isMeant || (said.get(key) ?? text) !== text) return undefined;
    said.set(key, text);
    texts.push(text);
    at += piece.text.length;
  }
  return texts;
}

/** Two pieces with one key are the same place. */
export function pieceKey({ path, start, end }: Span): string {
  return `${start}-${end} ${path}`;
}

/** The pieces that an update may change: all but those that hold nothing but the name. */
export function movingPieces(pieces: readonly Piece[]): readonly Piece[] {
  const text = textOf(pieces);
  const reference = parseReference(text);
  const tag = reference === undefined ? 0 : partsOf(text, reference).tag;
  let at = 0;
  return pieces.filter((piece) => {
    at += piece.text.length;
    return at > tag;
  });
}

/** Whether a digest can be written behind what the pieces read as: only where one of them holds all of the tag and its colon. */
export function carriesDigest(pieces: readonly Piece[]): boolean {
  const text = textOf(pieces);
  const reference = parseReference(text);
  if (reference === undefined || reference.digest !== undefined) return true;
  const last = pieces.at(-1)?.text.length ?? 0;
  return text.length - last <= partsOf(text, reference).tag;
}

/** Where in a reference its tag begins, with its colon, and its digest, with its `@`. */
interface Parts {
  readonly tag: number;
  readonly digest: number;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

function partsOf(text: string, { tag, digest }: ImageReference): Parts {
  const digestAt = text.length - (digest === undefined ? 0 : digest.length + 1);
  return { digest: digestAt, tag: digestAt - (tag === undefined ? 0 : tag.length + 1) };
}

/** A digest is added to a whole tag only. In a variable it replaces only one that stands alone, or behind a whole tag. */
function mayChange(at: number, { text, isValue }: Piece, after: string, { tag, digest }: Parts): boolean {
  if (!after.includes("sha256:") || at <= tag) return true;
  return text.includes("sha256:") && (isValue !== true || at === tag + 1 || at >= digest);
}

const DIGEST_HEAD = "@sha256:".length;

/** Where an offset of the old text is in the new one, where that is certain. */
function moves(
  before: Parts & { readonly text: string },
  after: Parts & { readonly text: string },
): (offset: number) => number | undefined {
  const inTag = movesOfWords(before.text.slice(before.tag, before.digest), after.text.slice(after.tag, after.digest));
  const isSameDigest = before.text.slice(before.digest) === after.text.slice(after.digest);
  return (offset) => {
    if (offset === before.text.length) return after.text.length;
    if (offset <= before.tag) return offset;
    if (offset < before.digest) {
      const inside = inTag(offset - before.tag);
      return inside === undefined ? undefined : after.tag + inside;
    }
    const inDigest = offset - before.digest;
    return isSameDigest || inDigest <= DIGEST_HEAD ? after.digest + inDigest : undefined;
  };
}

const WORDS = /\d+|[A-Za-z]+|[^A-Za-z\d]/g;

/** The same for two tags, which must have words of the same kinds in the same order: else nobody knows what is whose. */
function movesOfWords(before: string, after: string): (offset: number) => number | undefined {
  const old = before.match(WORDS) ?? [];
  const now = after.match(WORDS) ?? [];
  if (old.length !== now.length || old.some((word, i) => kindOf(word) !== kindOf(now[i] ?? ""))) {
    return (offset) => (before === after ? offset : undefined);
  }
  const places = new Map<number, number>();
  let [from, to] = [0, 0];
  for (const [i, word] of old.entries()) {
    const other = now[i] ?? "";
    const inside = word === other ? word.length : 1;
    for (let offset = 0; offset < inside; offset += 1) places.set(from + offset, to + offset);
    from += word.length;
    to += other.length;
  }
  return (offset) => places.get(offset);
}

function kindOf(word: string): string {
  if (/\d/.test(word)) return "number";
  return /[A-Za-z]/.test(word) ? "word" : word;
}
