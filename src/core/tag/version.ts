import type { ChangeClass } from "../policy/policy.ts";

/** A number of a version, as large as a tag can write it: a `bigint` exactly where a `number` would not hold it. */
export type Numeral = number | bigint;

/** Where a tag stands on its track. */
export interface Version {
  /** Empty where a tag names nothing but a release of an OS: `bookworm-slim`. */
  readonly numbers: readonly Numeral[];
  /** Set for a version that comes before the release of the same numbers: `rc.1`. */
  readonly preRelease?: PreRelease;
  /** Set where the same version is built again: `_8`, `-r5`, a date after the version. */
  readonly build?: readonly Numeral[];
}

export interface PreRelease {
  /** In lower case and in full: `beta`, also where the tag says `b`. */
  readonly word: string;
  readonly numbers: readonly Numeral[];
}

/** The words that lead up to a release, in this order. Every other word is a stream of its own: `nightly` is no `beta`. */
const STAGES: readonly string[] = ["alpha", "milestone", "beta", "pre", "preview", "cr", "rc"];

/** Which versions are fit for one another: `release`, `preview` (on the way to one), or the word of another stream. */
export function channelOf({ preRelease }: Version): string {
  if (preRelease === undefined) return "release";
  return STAGES.includes(preRelease.word) ? "preview" : preRelease.word;
}

/**
 * Negative if `a` is older. Numbers decide first (`3` is before `3.0`), then a release is after its pre-releases, then the
 * later build is newer.
 */
export function compareVersions(a: Version, b: Version): number {
  return compareReleases(a, b) || compareNumbers(a.build ?? [], b.build ?? []);
}

/** The same, whichever build of it. */
export function compareReleases(a: Version, b: Version): number {
  return compareNumbers(a.numbers, b.numbers) || comparePreReleases(a.preRelease, b.preRelease);
}

/** Whether a version is fit for who uses another: a release is for everyone, a pre-release for who uses one of its channel. */
export function isFitFor(from: Version, to: Version): boolean {
  const channel = channelOf(to);
  return channel === "release" || channel === channelOf(from);
}

/**
 * What going from one version to another changes; `undefined` when that is not a step forward on the same channel or to
 * a release. A newer build of the same version is a patch.
 */
export function changeBetween(from: Version, to: Version): ChangeClass | undefined {
  if (!isFitFor(from, to) || compareVersions(from, to) >= 0) return undefined;
  if (from.numbers[0] !== to.numbers[0]) return "major";
  return from.numbers[1] === to.numbers[1] ? "patch" : "minor";
}

function comparePreReleases(a: PreRelease | undefined, b: PreRelease | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareWords(a.word, b.word) || compareNumbers(a.numbers, b.numbers);
}

function compareWords(a: string, b: string): number {
  return STAGES.indexOf(a) - STAGES.indexOf(b) || compareTexts(a, b);
}

/** Negative if the first few numbers of `a` are less than those of `b`. */
export function comparePrefixes(a: readonly Numeral[], b: readonly Numeral[], shared: number): number {
  return compareNumbers(a, b, shared);
}

export function toNumeral(digits: string): Numeral {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function compareNumbers(a: readonly Numeral[], b: readonly Numeral[], most = Number.POSITIVE_INFINITY): number {
  const length = Math.min(a.length, most);
  for (let i = 0; i < length; i += 1) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return length - Math.min(b.length, most);
}

/** By UTF-16 units: the same everywhere, whatever the locale. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
