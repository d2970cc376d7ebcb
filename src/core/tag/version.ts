import type { ChangeClass } from "../policy/policy.ts";

/** Where a tag stands on its track. The numbers are as large as a tag can write them. */
export interface Version {
  readonly numbers: readonly bigint[];
  /** Set for a version that comes before the release of the same numbers: `rc.1`. */
  readonly preRelease?: PreRelease;
}

export interface PreRelease {
  /** In lower case and in full: `beta`, also where the tag says `b`. */
  readonly word: string;
  readonly numbers: readonly bigint[];
}

/** The words that lead up to a release, in this order. Every other word is a stream of its own: `nightly` is no `beta`. */
const STAGES: readonly string[] = ["alpha", "beta", "pre", "preview", "rc"];

/** Which versions are fit for one another: `release`, `preview` (on the way to one), or the word of another stream. */
export function channelOf({ preRelease }: Version): string {
  if (preRelease === undefined) return "release";
  return STAGES.includes(preRelease.word) ? "preview" : preRelease.word;
}

/** Negative if `a` is older. Numbers decide first (`3` is before `3.0`), then a release is after its pre-releases. */
export function compareVersions(a: Version, b: Version): number {
  return compareNumbers(a.numbers, b.numbers) || comparePreReleases(a.preRelease, b.preRelease);
}

/**
 * What going from one version to another changes; `undefined` when that is not a step forward on the same channel or to
 * a release. A pre-release is offered only to who uses one of its channel.
 */
export function changeBetween(from: Version, to: Version): ChangeClass | undefined {
  const channel = channelOf(to);
  if (channel !== "release" && channel !== channelOf(from)) return undefined;
  if (compareVersions(from, to) >= 0) return undefined;
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

function compareNumbers(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** By UTF-16 units: the same everywhere, whatever the locale. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
