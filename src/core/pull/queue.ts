import type { Sha } from "../repository.ts";
import type { QueueState } from "./merge.ts";

/** A head that went into the merge queue of its base, by us or by a person. */
export interface QueueRecord {
  readonly head: Sha;
  /** How often we put it in. */
  readonly tries: number;
  /** Set once it came out without being merged: why, in GitHub's words, and where the base stood then. */
  readonly left?: { readonly cause: string; readonly base: Sha };
}

/** What GitHub says now of a head and the queue of its base. */
export interface QueueSight {
  readonly head: Sha;
  /** Where the base branch stands. */
  readonly base: Sha;
  /** From 1; absent when it is not in the queue. */
  readonly position?: number | undefined;
  /** Why the pull left the queue the last time. */
  readonly left?: string | undefined;
}

/** A head that keeps failing costs everyone in the queue their builds. */
const MOST_TRIES = 3;
/** Somebody took it out: it goes in again only by a person's hand, or with another head. */
const BY_HAND: ReadonlySet<string> = new Set(["MANUAL", "QUEUE_CLEARED"]);

/** The record as it is after a look; the same one when nothing is new. */
export function noticeQueue(record: QueueRecord | undefined, sight: QueueSight): QueueRecord | undefined {
  const own = record?.head === sight.head ? record : undefined;
  if (sight.position !== undefined) {
    return own !== undefined && own.left === undefined ? own : { head: sight.head, tries: own?.tries ?? 0 };
  }
  if (own === undefined || own.left !== undefined) return record;
  return { ...own, left: { cause: sight.left ?? "no reason given", base: sight.base } };
}

/** Where a head stands, by the record that `noticeQueue` brought up to date: once out, it may go in again when the base has moved. */
export function queueState(record: QueueRecord | undefined, { head, base, position }: QueueSight): QueueState {
  if (position !== undefined) return { state: "queued", position };
  if (record?.head !== head || record.left === undefined) return { state: "none" };
  const { tries, left } = record;
  const mayTry = tries < MOST_TRIES && left.base !== base && !BY_HAND.has(left.cause);
  return mayTry ? { state: "none" } : { state: "left", cause: left.cause };
}

/** The record of a head that we put in. */
export function enqueued(record: QueueRecord | undefined, head: Sha): QueueRecord {
  return { head, tries: triesOf(record, head) + 1 };
}

/** How often this head was put in by us. */
export function triesOf(record: QueueRecord | undefined, head: Sha): number {
  return record?.head === head ? record.tries : 0;
}
