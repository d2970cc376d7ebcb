import data from "./lifecycle.json" with { type: "json" };
import type { Numeral } from "./version.ts";

/** A product or a distribution, and the lines that its publisher keeps apart. Days are ISO dates, in UTC. */
export interface Family {
  readonly name: string;
  /** Where its publisher says so. */
  readonly sources: readonly string[];
  /** The images whose version is that of the family, by `imageKey`. */
  readonly images: readonly string[];
  /** How tags of other images write that they stand on a release of it: `alpine` for `alpine3.22` and `alpine-3.22`. */
  readonly written?: readonly string[];
  /** From old to new. */
  readonly lines: readonly Line[];
}

export interface Line {
  /** The numbers that it shares: `22`, `24.04`. */
  readonly line: string;
  readonly names?: readonly string[];
  /** Absent while it is not released: `forky`. */
  readonly released?: string;
  /** From which day on its publisher keeps it for the long term, or calls it stable. */
  readonly lts?: string;
  /** The last day on which its publisher mends it for everyone; absent where none is set. */
  readonly end?: string;
}

/** What is known of products and distributions: the data file beside this one, whose schema a test checks. */
export const FAMILIES: readonly Family[] = data.families;

const BY_IMAGE = new Map(FAMILIES.flatMap((family) => family.images.map((image) => [image, family] as const)));
const BY_LINE = new Map(
  FAMILIES.map((family) => [family, new Map(family.lines.map((line) => [keyOf(line), line]))] as const),
);

/** The family whose versions the tags of an image (by `imageKey`) are; `undefined` for most images. */
export function familyOf(image: string): Family | undefined {
  return BY_IMAGE.get(image);
}

/** The line that a version is on, as exact as the family's lines are; `undefined` when nothing is known of it. */
export function lineOf(family: Family, numbers: readonly Numeral[]): Line | undefined {
  const lines = BY_LINE.get(family);
  return lines?.get(numbers.slice(0, 2).join(".")) ?? lines?.get(String(numbers[0]));
}

/** `24.4` for `24.04`: numbers are compared, not digits. */
function keyOf({ line }: Line): string {
  return line.split(".").map(Number).join(".");
}

export function hasLongTerm(family: Family): boolean {
  return family.lines.some(({ lts }) => lts !== undefined);
}

export function isLongTerm(line: Line | undefined, today: string): boolean {
  return line?.lts !== undefined && line.lts <= today;
}

export function isReleased({ released }: Line, today: string): boolean {
  return released !== undefined && released <= today;
}

/** The day of a time in milliseconds since the epoch, as the data file writes days. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
