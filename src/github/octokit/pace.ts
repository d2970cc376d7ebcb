import type { WriteLimits } from "../../core/write/window.ts";

/** How fast we ask. */
export interface Pace {
  /** Of one installation; absent: as fast as it answers. */
  readonly writes?: WriteLimits;
  /** What a second between two tries lasts, in milliseconds: 1000, or 0 in a test. */
  readonly second: number;
}

/**
 * What GitHub asks integrators to keep to: a second between writes, and at most 80 requests that create content in a minute
 * and 500 in an hour. It does not say which those are, so here all writes are; and it counts when a request arrives, which
 * may be a while after it was counted here: so a little less.
 */
export const GITHUBS_LIMITS: WriteLimits = {
  perMinute: 75,
  perHour: 480,
  kept: 1 / 8,
  between: 1000,
  betweenNotices: 3000,
};

/** A GitHub Enterprise Server has no limits of its own accord. */
export function limitsAt(host: string): WriteLimits | undefined {
  return host === "github.com" ? GITHUBS_LIMITS : undefined;
}

/** As fast as github.com wants to be asked. */
export const GITHUBS_PACE: Pace = { writes: GITHUBS_LIMITS, second: 1000 };

/** Seconds before each further try of a question that GitHub failed to answer. A job has half an hour for all of its questions. */
export const RETRIES = [1, 4];
/** Requests of one installation at a time; GitHub allows 100, of all processes and everyone else who is installed as we are. */
export const AT_ONCE = 6;
