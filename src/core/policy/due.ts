import type { UpdateGroup } from "../plan/update.ts";
import { urgencyOfDelta } from "../verdict/delta.ts";
import type { Delta } from "../verdict/verdict.ts";
import type { Origin, Urgency } from "./policy.ts";

/** For each urgency, how many seconds after a fix was first seen it must run, and where that is written. */
export type DueTerms = { readonly [U in Urgency]?: { readonly seconds: number; readonly origin: Origin } };

/** By when an update must run everywhere (milliseconds since the epoch), and who says so. */
export interface Due {
  readonly at: number;
  readonly urgency: Urgency;
  readonly origin: Origin;
}

/**
 * By when the updates of a group must run: the earliest time that any of them has. Urgency is the gate's delta's once there is
 * one, until then the plan's. `undefined` where no term is set for it, or nobody saw when the fix came.
 */
export function dueOf({ updates }: UpdateGroup, terms: DueTerms, delta?: Delta): Due | undefined {
  const dues = updates.flatMap(({ firstSeen, urgency: planned }): readonly Due[] => {
    const urgency = delta === undefined ? planned : urgencyOfDelta(delta);
    const term = terms[urgency];
    if (term === undefined || firstSeen === undefined) return [];
    return [{ at: firstSeen + term.seconds * 1000, urgency, origin: term.origin }];
  });
  return dues.toSorted((one, other) => one.at - other.at)[0];
}

/** Whether it is past the time by which it had to run. */
export function isOverdue({ at }: Due, now: number): boolean {
  return now > at;
}
