import type { ThrottlingOptions } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import type { Logger } from "pino";

/** How fast we ask. Times in milliseconds. */
export interface Pace {
  /** Least time between two writes of one installation, and between two that notify people. */
  readonly betweenWrites: number;
  readonly betweenNotices: number;
  /** Writes of one installation that nothing else holds up, and how many more may be made in each minute; absent: any number. */
  readonly writes?: { readonly atOnce: number; readonly perMinute: number };
  /** What a second of waiting for GitHub lasts: 1000, or 0 in a test. */
  readonly second: number;
}

/**
 * What GitHub asks integrators to keep to: a second between writes, and at most 80 requests that create content in a minute
 * and 500 in an hour. It does not say which those are, so here all writes are: 60 in a minute, and 60 + 61 × 7 = 487 in an hour.
 */
export const GITHUBS_PACE: Pace = {
  betweenWrites: 1000,
  betweenNotices: 3000,
  writes: { atOnce: 60, perMinute: 7 },
  second: 1000,
};

const MINUTE = 60_000;
/** Seconds that a request waits for a limit by itself; beyond, the job does, which costs no worker. */
const PATIENCE = 60;
export const MOST_RETRIES = 2;

/** Throttling by this pace. GitHub counts limits by installation, so it goes by `limit`, which names one. */
export function createThrottle(pace: Pace, log: Logger): (limit: string) => ThrottlingOptions {
  const write = writeLimits(pace);
  const notifications = new Bottleneck.Group({ maxConcurrent: 1, minTime: pace.betweenNotices });
  const onLimit = (
    retryAfter: number,
    request: { method: string; url: string },
    _: unknown,
    retries: number,
  ): boolean => {
    log.warn({ retryAfter, retries, method: request.method, url: request.url }, "GitHub asks to slow down");
    return retries < MOST_RETRIES && retryAfter <= PATIENCE;
  };
  return (id) => ({
    id,
    write,
    notifications,
    retryAfterBaseValue: pace.second,
    onRateLimit: onLimit,
    onSecondaryRateLimit: onLimit,
  });
}

/** For each installation a bucket of writes. One that is not used is forgotten, but not before it would be full again. */
function writeLimits({ betweenWrites, writes }: Pace): Bottleneck.Group {
  const bucket = writes && {
    reservoir: writes.atOnce,
    reservoirIncreaseAmount: writes.perMinute,
    reservoirIncreaseMaximum: writes.atOnce,
    reservoirIncreaseInterval: MINUTE,
    timeout: Math.ceil(writes.atOnce / writes.perMinute + 1) * MINUTE,
  };
  return new Bottleneck.Group({ maxConcurrent: 1, minTime: betweenWrites, ...bucket });
}
