import { formatReference, type ImageReference } from "../reference.ts";
import { asWritten } from "../use/lone-digest.ts";
import { movingPieces, pieceKey, rewritePieces } from "../use/pieces.ts";
import type { Piece, Span, TagSource, Use } from "../use/use.ts";
import type { Candidate, Place, Refusal } from "./candidate.ts";

/** How many images are moved by one value, and how many tries it takes to find what is right for all. Real files need a few. */
const MOST_MEMBERS = 64;
const MOST_TRIES = 10_000;

/** The uses of a repository where they stand, and which of them are read from the same values: those can only move together. */
export interface Places {
  readonly places: readonly Place[];
  /** Indices of uses, in order; only of those that do not all read the same. */
  readonly clusters: readonly (readonly number[])[];
}

/**
 * Finds the uses that share a value. A value is fixed where a use that cannot be written reads it as well, or where it is the name
 * of another's image.
 */
export function placesOf(uses: readonly Use[]): Places {
  const fixed = fixedIn(uses);
  const clusters = connected(uses.map(({ pieces = [] }) => movingPieces(pieces).map(pieceKey))).filter((members) =>
    members.some((index) => signature(uses[index]) !== signature(uses[members[0] ?? 0])),
  );
  const shared = new Set(clusters.flat());
  const places = uses.map((use, index): Place => {
    const { path, manager, variables, pieces, carries, platform, tagBy } = use;
    const onlyTag = carries ?? (shared.has(index) && use.reference?.digest === undefined ? "tag" : undefined);
    const held = pieces?.map((piece) => (fixed(piece) ? { ...piece, fixed: true as const } : piece));
    const more = { ...(platform !== undefined && { platform }), ...(tagBy && { tagBy }) };
    return { path, manager, variables, ...more, ...(held && { pieces: held }), ...(onlyTag && { carries: onlyTag }) };
  });
  return { places, clusters };
}

function signature(use: Use | undefined): string {
  return JSON.stringify([use?.resolved, use?.pieces?.map(pieceKey)]);
}

function fixedIn(uses: readonly Use[]): (piece: Piece) => boolean {
  const names = new Set<string>();
  const unwritten = new Map<string, Span>();
  for (const { pieces, variables } of uses) {
    if (pieces === undefined) for (const variable of variables) unwritten.set(pieceKey(variable), variable);
    const moving = new Set(movingPieces(pieces ?? []).map(pieceKey));
    for (const piece of pieces ?? []) if (!moving.has(pieceKey(piece))) names.add(pieceKey(piece));
  }
  const byPath = Map.groupBy(unwritten.values(), ({ path }) => path);
  return (piece) =>
    names.has(pieceKey(piece)) ||
    (byPath.get(piece.path) ?? []).some(({ start, end }) => start <= piece.start && piece.end <= end);
}

/** Items that have a key in common, directly or through others; each group in order. Items without keys are in none. */
export function connected(keysOf: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const parents = keysOf.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) {
      parents[root] = parents[parent] ?? parent;
      root = parent;
    }
    return root;
  };
  const first = new Map<string, number>();
  for (const [index, keys] of keysOf.entries()) {
    for (const key of keys) {
      const other = first.get(key);
      if (other === undefined) first.set(key, index);
      else parents[rootOf(index)] = rootOf(other);
    }
  }
  const groups = Map.groupBy(parents.keys(), rootOf);
  return [...groups.values()].filter(([index, other]) => other !== undefined || keysOf[index ?? 0]?.length !== 0);
}

/** A use that shares a value with others, and the steps that it could take by itself, best first. */
export interface Member {
  readonly from: ImageReference | undefined;
  readonly place: Place;
  readonly steps: readonly (Candidate | Refusal)[];
}

/** What a use becomes, and what the pieces that it is read from say then. */
interface Option {
  readonly candidate: Candidate | undefined;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * A candidate for each of the members, or none where it stays as it is, such that every value says one thing: for the first of them
 * the best that there is, then for the next.
 */
export function moveTogether(members: readonly Member[]): readonly (Candidate | undefined)[] {
  const distinct = [...Map.groupBy(members, keyOf).values()];
  const options = distinct.map(([member]) => (member === undefined ? [] : optionsOf(member)));
  const chosen = new Array<Option | undefined>(options.length);
  let tries = 0;
  const search = (at: number): boolean => {
    if (at === options.length) return true;
    for (const option of options[at] ?? []) {
      tries += 1;
      if (tries > MOST_TRIES) return false;
      if (chosen.slice(0, at).some((other) => other !== undefined && contradicts(option, other))) continue;
      chosen[at] = option;
      if (search(at + 1)) return true;
    }
    return false;
  };
  if (options.length > MOST_MEMBERS || !search(0)) return members.map(() => undefined);
  const byKey = new Map(distinct.flatMap((group, i) => (group[0] ? [[keyOf(group[0]), chosen[i]?.candidate]] : [])));
  return members.map((member) => byKey.get(keyOf(member)));
}

function keyOf({ from, place }: Member): string {
  return JSON.stringify([from && formatReference(from), place]);
}

function optionsOf({ from, place: { pieces = [], tagBy }, steps }: Member): readonly Option[] {
  const as = (texts: readonly string[]) => new Map(pieces.map((piece, i) => [pieceKey(piece), texts[i] ?? ""]));
  const moves = steps.flatMap((step): readonly Option[] => {
    const texts = step.state === "candidate" && from !== undefined ? textsOf(pieces, tagBy, from, step.to) : undefined;
    return step.state === "candidate" && texts !== undefined ? [{ candidate: step, texts: as(texts) }] : [];
  });
  return [...moves, { candidate: undefined, texts: as(pieces.map(({ text }) => text)) }];
}

/** What the pieces say of a use that goes from one reference to another. */
function textsOf(
  pieces: readonly Piece[],
  tagBy: TagSource | undefined,
  from: ImageReference,
  to: ImageReference,
): readonly string[] | undefined {
  const use = { reference: from, ...(tagBy && { tagBy }) };
  return rewritePieces(pieces, asWritten(use, from), asWritten(use, to));
}

function contradicts({ texts }: Option, other: Option): boolean {
  return texts.entries().some(([key, text]) => (other.texts.get(key) ?? text) !== text);
}

/** The keys of the pieces that say something else once a use names another reference. */
export function changedPieces(
  { pieces = [], tagBy }: Pick<Use, "pieces" | "tagBy">,
  from: ImageReference,
  to: ImageReference,
): readonly string[] {
  const texts = textsOf(pieces, tagBy, from, to) ?? [];
  return pieces.flatMap((piece, i) => (texts[i] === piece.text ? [] : [pieceKey(piece)]));
}
