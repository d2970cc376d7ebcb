import { reason } from "../../core/reason.ts";
import { type ImageReference, imageKey, rewriteReference } from "../../core/reference.ts";
import { pieceKey, rewritePieces } from "../../core/use/pieces.ts";
import type { Change, Edit, FileSet, Held, Piece, Span, Use } from "../../core/use/use.ts";
import { isOtherNumber } from "./plain-number.ts";

/** A use, and how its reference can be written: nothing of both is there where it cannot. */
export interface FoundUse {
  readonly use: Use;
  /** Where the reference that it reads stands in full. */
  readonly origin?: Span;
  /** Where its tag and its digest stand, in fields of their own. */
  readonly fields?: Fields;
}

export interface Fields {
  /** Plain: without quotes, so that a tag which is not a text has to be put into some. */
  readonly tag?: Span & { readonly isPlain: boolean };
  /**
   * Where the digest stands, with what stands there now; or where one goes, and what stands around it then. `drop` is what
   * a digest begins with that is not written there.
   */
  readonly digest?: Span & {
    readonly expect: string;
    readonly before: string;
    readonly after: string;
    readonly drop: string;
  };
}

/** Reads the uses of one file in reading order. */
export type ReadUses = (path: string, text: string, files: FileSet) => readonly FoundUse[];

/** The edits that make each use name its new reference, in the use itself or in the values that it is read from. */
export function editFound(readUses: ReadUses): (files: FileSet, changes: readonly Change[]) => readonly Edit[] | Held {
  return (files, changes) => {
    const paths = [...new Set(changes.map(({ use }) => use.path))];
    const found = paths.flatMap((path) => readUses(path, files.get(path) ?? "", files));
    const byPlace = new Map(found.map((one) => [keyOf(one.use), one]));
    const edits = new Map<string, Edit>();
    for (const change of changes) {
      const own = editsOf(byPlace.get(keyOf(change.use)), change);
      if ("state" in own) return own;
      for (const edit of own) {
        const key = pieceKey(edit);
        if ((edits.get(key) ?? edit).text !== edit.text) return sharedHold(edit);
        edits.set(key, edit);
      }
    }
    return unmeant(found, edits, changes) ?? [...edits.values()].filter(({ expect, text }) => expect !== text);
  };
}

function editsOf(found: FoundUse | undefined, { use, to }: Change): readonly Edit[] | Held {
  if (found === undefined || found.use.text !== use.text || found.use.resolved !== use.resolved) {
    return notProved("the file is not the one that was read");
  }
  const { resolved, reference, blocked, pieces } = found.use;
  if (blocked !== undefined) return { state: "held", reason: blocked.reason };
  if (pieces !== undefined && reference !== undefined) return pieceEdits(pieces, reference, to);
  if (found.fields !== undefined && reference !== undefined) return fieldEdits(found.fields, reference, to);
  const text =
    resolved === undefined || reference === undefined ? undefined : rewriteReference(resolved, reference, to);
  if (found.origin === undefined || resolved === undefined || text === undefined) return onlyTagAndDigest();
  return [{ ...found.origin, expect: resolved, text }];
}

/** Pieces that stay are edits too, of nothing, so that another use's edit of one of them is seen. */
function pieceEdits(pieces: readonly Piece[], from: ImageReference, to: ImageReference): readonly Edit[] | Held {
  const texts = rewritePieces(pieces, from, to);
  if (texts === undefined) return notProved("a part of the reference cannot be written");
  return pieces.map((piece, i) => ({ ...placeOf(piece), expect: piece.text, text: written(piece, texts[i]) }));
}

function written({ isPlain, text }: Piece, to = text): string {
  return isPlain && to !== text && isOtherNumber(to) ? `"${to}"` : to;
}

function fieldEdits({ tag, digest }: Fields, from: ImageReference, to: ImageReference): readonly Edit[] | Held {
  if (imageKey(from) !== imageKey(to)) return onlyTagAndDigest();
  const edits: Edit[] = [];
  if (from.tag !== to.tag) {
    if (tag === undefined || from.tag === undefined || to.tag === undefined) return onlyTagAndDigest();
    edits.push({
      ...placeOf(tag),
      expect: from.tag,
      text: tag.isPlain && !isPlainText(to.tag) ? `"${to.tag}"` : to.tag,
    });
  }
  if (from.digest !== to.digest) {
    if (to.digest === undefined) return onlyTagAndDigest();
    if (digest === undefined) return { state: "held", reason: reason("no-digest-field") };
    const { before, after, expect, drop } = digest;
    edits.push({ ...placeOf(digest), expect, text: `${before}${to.digest.slice(drop.length)}${after}` });
  }
  return edits;
}

/** Numbers, dates and words that readers of YAML 1.1 or 1.2 do not take for text: `1.30` would be 1.3. */
const NO_TEXT =
  /^(?:\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|0[xob][\da-f_]+|\d{4}-\d{1,2}-\d{1,2}|[_.\d]+|y|n|yes|no|on|off|true|false|null)$/i;

/** Whether a tag is a text when it stands without quotes. */
function isPlainText(tag: string): boolean {
  return !NO_TEXT.test(tag) || /^\d+(?:\.\d+){2,}$/.test(tag);
}

function placeOf({ path, start, end }: Span): Span {
  return { path, start, end };
}

function onlyTagAndDigest(): Held {
  return notProved("only the tag and the digest can be changed");
}

function notProved(detail: string): Held {
  return { state: "held", reason: reason("edit-not-proved", detail) };
}

/** A value that several uses are read from moves all of them, so all of them must be meant. */
function unmeant(
  found: readonly FoundUse[],
  edits: ReadonlyMap<string, Edit>,
  changes: readonly Change[],
): Held | undefined {
  const meant = new Set(changes.map(({ use }) => keyOf(use)));
  const made = [...edits.values()].filter(({ expect, text }) => expect !== text);
  for (const { use, origin, fields } of found) {
    if (meant.has(keyOf(use))) continue;
    const places = [origin, fields?.tag, fields?.digest, ...(use.pieces ?? [])].filter((place) => place !== undefined);
    const keys = new Set(places.map(pieceKey));
    const edit = made.find((one) => keys.has(pieceKey(one)) || use.variables.some((variable) => holds(variable, one)));
    if (edit !== undefined) return sharedHold(edit);
  }
  return undefined;
}

/** Whether all of a place is in another. */
function holds(outer: Span, inner: Span): boolean {
  return outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end;
}

function sharedHold({ expect }: Edit): Held {
  return { state: "held", reason: reason("shared-arg", expect) };
}

/** A place may name several images: what is written there is then not the whole reference of any. */
function keyOf({ span, text }: Use): string {
  return `${pieceKey(span)} ${text}`;
}
