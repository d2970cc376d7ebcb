import { FAMILIES, type Family, type Line } from "./lifecycle.ts";

/** A release of an OS that a tag names, comparable with those of the same family that are written the same way. */
export interface OsRelease {
  readonly family: Family;
  /** As the tag writes it: `bookworm`, `alpine3.22`, `ubuntu-22.04`. */
  readonly text: string;
  /** The same with the release left open: `{Debian}`, `alpine{N.N}`. */
  readonly shape: string;
  /** What of the data file is known of it. */
  readonly line?: Line;
  /** Higher is newer, number by number. */
  readonly release: readonly number[];
}

/** Where in a tag's parts an OS release is written. */
export interface OsPlace extends OsRelease {
  readonly at: number;
  /** One, or two: `debian-12`. */
  readonly length: number;
}

/** No release has more: what is longer is the version of something else. */
const NUMBERS = /^\d{1,4}(?:\.\d{1,3}){0,2}$/;

const NAMES = new Map(
  FAMILIES.flatMap((family) =>
    family.lines.flatMap((line) => (line.names ?? []).map((name) => [name, { family, line }] as const)),
  ),
);
const WRITTEN = new Map(FAMILIES.flatMap((family) => (family.written ?? []).map((word) => [word, family] as const)));

/**
 * The OS release that the parts of a tag name: a codename (`bookworm`), or a word and numbers, glued (`alpine3.22`) or, but not
 * at the beginning, apart (`debian-12`). `undefined` when none does, or several.
 */
export function findOsRelease(parts: readonly string[]): OsPlace | undefined {
  const found: OsPlace[] = [];
  for (const [at, part] of parts.entries()) {
    const os = readPart(part) ?? (at > 0 ? readPair(part, parts[at + 1]) : undefined);
    if (os !== undefined) found.push({ ...os, at });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Negative if `a` is the older release; of one family. */
export function compareOsReleases(a: OsRelease, b: OsRelease): number {
  for (const [i, left] of a.release.entries()) {
    const right = b.release[i] ?? 0;
    if (left !== right) return left - right;
  }
  return a.release.length - b.release.length;
}

function readPart(part: string): Omit<OsPlace, "at"> | undefined {
  const named = NAMES.get(part);
  if (named !== undefined) {
    const { family, line } = named;
    return { family, line, text: part, shape: `{${family.name}}`, release: toNumbers(line.line), length: 1 };
  }
  const digits = part.search(/\d/);
  return digits > 0 ? readNumbered(part.slice(0, digits), "", part.slice(digits)) : undefined;
}

function readPair(word: string, numbers: string | undefined): Omit<OsPlace, "at"> | undefined {
  return numbers === undefined ? undefined : readNumbered(word, "-", numbers);
}

function readNumbered(word: string, between: string, numbers: string): Omit<OsPlace, "at"> | undefined {
  const family = WRITTEN.get(word);
  if (family === undefined || !NUMBERS.test(numbers)) return undefined;
  const line = family.lines.find((one) => one.line === numbers);
  return {
    family,
    text: word + between + numbers,
    shape: `${word}${between}{${numbers.replaceAll(/\d+/g, "N")}}`,
    ...(line !== undefined && { line }),
    release: toNumbers(numbers),
    length: between === "" ? 1 : 2,
  };
}

function toNumbers(text: string): readonly number[] {
  return text.split(".").map(Number);
}
