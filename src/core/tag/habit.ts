import { dayOf, type Family, familyOf, hasLongTerm, isLongTerm, isReleased, lineOf } from "./lifecycle.ts";
import type { Tag } from "./tag.ts";

/** What is known, on a day, of the lines that an image's tags are on. */
export interface Habit {
  readonly today: string;
  /** Whose versions the image's tags are. */
  readonly family?: Family;
}

/** The habit of the publisher of an image (by `imageKey`) at a time (milliseconds since the epoch). */
export function habitOf(image: string, now: number): Habit {
  const family = familyOf(image);
  return { today: dayOf(now), ...(family !== undefined && { family }) };
}

/**
 * Whether a tag is a release on a line that its publisher keeps for the long term; `undefined` where there is no such thing.
 * Whoever is on one is offered no other.
 */
export function isLongTermTag({ version }: Tag, { family, today }: Habit): boolean | undefined {
  if (version === undefined || family === undefined || !hasLongTerm(family)) return undefined;
  return version.preRelease === undefined && isLongTerm(lineOf(family, version.numbers), today);
}

/** The same, of the OS release that a tag names. */
export function isLongTermOs({ os }: Tag, { today }: Habit): boolean | undefined {
  if (os === undefined || !hasLongTerm(os.family)) return undefined;
  return isLongTerm(os.line, today);
}

/** Whether the OS release of a tag is still made, as far as the data file knows: what is only numbered is taken as released. */
export function isUnreleasedOs({ os }: Tag, { today }: Habit): boolean {
  return os?.line !== undefined && !isReleased(os.line, today);
}
