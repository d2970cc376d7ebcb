import type { Reason, ReasonCode } from "../reason.ts";
import type { Sha } from "../repository.ts";
import type { QueueState } from "./merge.ts";

/** A head that went into the merge queue of its base, by us or by a person. */
export interface QueueRecord {
  readonly head: Sha;
  /** How often we put it in, and how often we took it out again. */
  readonly tries: number;
  readonly taken?: number;
  /** Set while it is in there because we put it there. */
  readonly ours?: true;
  /** Set once we took it out. */
  readonly out?: true;
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

/** Whether a head is in the queue, as far as its record knows. */
export function isQueued(record: QueueRecord | undefined, head: Sha | undefined): record is QueueRecord {
  return record !== undefined && record.head === head && record.left === undefined && record.out !== true;
}

/** The record as it is after a look; the same one when nothing is new. */
export function noticeQueue(record: QueueRecord | undefined, sight: QueueSight): QueueRecord | undefined {
  const isIn = isQueued(record, sight.head);
  if (sight.position !== undefined) return isIn ? record : { head: sight.head, ...countsOf(record, sight.head) };
  if (!isIn) return record;
  const { ours: _, ...own } = record;
  return { ...own, left: { cause: sight.left ?? "no reason given", base: sight.base } };
}

/** Where a head stands, by the record that `noticeQueue` brought up to date: once out, it may go in again when the base has moved. */
export function queueState(record: QueueRecord | undefined, { head, base, position }: QueueSight): QueueState {
  if (position !== undefined) return { state: "queued", position };
  if (record?.head !== head || record.left === undefined) return { state: "none" };
  const { tries, taken = 0, left } = record;
  const mayTry = tries - taken < MOST_TRIES && left.base !== base && !BY_HAND.has(left.cause);
  return mayTry ? { state: "none" } : { state: "left", cause: left.cause };
}

/** The record of a head that we put in. */
export function enqueued(record: QueueRecord | undefined, head: Sha): QueueRecord {
  const { tries, ...taken } = countsOf(record, head);
  return { head, tries: tries + 1, ...taken, ours: true };
}

/** The record of a head that we took out: it goes in again as soon as nothing speaks against it, and that is no failure. */
export function takenOut({ head, tries, taken = 0 }: QueueRecord): QueueRecord {
  return { head, tries, taken: taken + 1, out: true };
}

/** How often this head was put in by us. */
export function triesOf(record: QueueRecord | undefined, head: Sha): number {
  return countsOf(record, head).tries;
}

function countsOf(record: QueueRecord | undefined, head: Sha): Pick<QueueRecord, "tries" | "taken"> {
  if (record?.head !== head) return { tries: 0 };
  return { tries: record.tries, ...(record.taken !== undefined && { taken: record.taken }) };
}

/** What GitHub's queue sees to itself, or nobody knows yet: with these a head stays in it. */
const STAYS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "queued",
  "checks-missing",
  "review-required",
  "rule-pending",
  "behind-base",
  "conflict",
  "mergeable-unknown",
  "registry-unavailable",
]);

/**
 * For which of the reasons against merging a head has to leave the queue: what was right when it went in may not be any more.
 * None for one that a person put in, who need not keep to our windows.
 */
export function reasonsToLeave(record: QueueRecord | undefined, head: Sha, reasons: readonly Reason[]) {
  if (!isQueued(record, head) || record.ours !== true) return [];
  return reasons.filter(({ code }) => !STAYS.has(code));
}
