import { type Reason, reason } from "../reason.ts";
import type { Digest, ImageName } from "../reference.ts";

/** What a tag named when we looked, by our own clock. Times are milliseconds since the epoch. */
export interface Observation {
  readonly image: ImageName;
  readonly tag: string;
  readonly digest: Digest;
  /** When this digest was first seen on the tag without a break since: a flip to another digest and back starts anew. */
  readonly firstSeen: number;
  /** When the registry last answered for this tag, be it that the tag is gone. */
  readonly lastSeen: number;
  /** Set while the registry says that the tag is gone; only the second sighting in a row counts. */
  readonly goneSince?: number;
}

/** What the registry answered for one tag: the digest it names, or that there is no such tag. */
export interface Sighting {
  readonly tag: string;
  readonly digest: Digest | undefined;
}

/** Why the registry could not say what one tag names. */
export interface TagProblem {
  readonly tag: string;
  readonly reason: Reason;
}

/** An image's tags; with a problem when they could not be listed. */
export interface TagList {
  readonly tags: readonly string[];
  readonly problem?: Reason;
}

export interface NewObservations {
  /** All observations of the image, as they stand now. */
  readonly observations: readonly Observation[];
  /** Those to save. */
  readonly changed: readonly Observation[];
  /** Those by which plans change: the tag is new, names another digest, is gone, or is back. */
  readonly moved: readonly Observation[];
}

/** Whether the tag is gone: said by the registry at least twice in a row. */
export function isGone({ goneSince, lastSeen }: Observation): boolean {
  return goneSince !== undefined && lastSeen > goneSince;
}

/**
 * The list of an image's tags after the registry has listed them. That there are none any more is not believed before it
 * is said twice in a row; until then the old list stands, with a problem.
 */
export function newTagList(known: TagList | undefined, tags: readonly string[]): TagList {
  const isDoubtful = tags.length === 0 && known !== undefined && known.tags.length > 0;
  if (!isDoubtful || known.problem?.code === "tags-unlisted") return { tags };
  return { tags: known.tags, problem: reason("tags-unlisted") };
}

/**
 * What is known of an image's tags after a look at its registry. A tag that was not asked for stays as it is: no answer
 * is never news. Should the clock have jumped back, time stands still until it has caught up, so that no dwell is longer
 * than it was.
 */
export function newObservations(
  image: ImageName,
  known: readonly Observation[],
  seen: readonly Sighting[],
  now: number,
): NewObservations {
  const clock = known.reduce((latest, { lastSeen }) => Math.max(latest, lastSeen), now);
  const before = new Map(known.map((observation) => [observation.tag, observation]));
  const changed = new Map<string, Observation>();
  for (const { tag, digest } of seen) {
    const next = observe(image, tag, before.get(tag), digest, clock);
    if (next !== undefined) changed.set(tag, next);
  }
  return {
    observations: [...new Map([...before, ...changed]).values()],
    changed: [...changed.values()],
    moved: [...changed.values()].filter((observation) => hasMoved(before.get(observation.tag), observation)),
  };
}

function observe(
  image: ImageName,
  tag: string,
  before: Observation | undefined,
  digest: Digest | undefined,
  clock: number,
): Observation | undefined {
  if (digest === undefined) return before && { ...before, goneSince: before.goneSince ?? clock, lastSeen: clock };
  const unbroken = before !== undefined && before.digest === digest && !isGone(before);
  return { image, tag, digest, firstSeen: unbroken ? before.firstSeen : clock, lastSeen: clock };
}

function hasMoved(before: Observation | undefined, after: Observation): boolean {
  return before === undefined || before.digest !== after.digest || isGone(before) !== isGone(after);
}
