import { isAppError } from "../core/errors.ts";
import type { JobEnd } from "../store/queue.ts";

/** What a worker makes of an error, which is also what it counts it as. */
export type Failure = {
  readonly kind: "unavailable" | "conflict" | "refused" | "bug";
  readonly end: JobEnd;
};

const SECOND = 1000;
const FIRST_WAIT = SECOND;
const LONGEST_WAIT = 15 * 60 * SECOND;
/** No other side can put a job off for longer. */
const LONGEST_ASKED_WAIT = 60 * 60 * SECOND;
const PROMPT_CONFLICTS = 5;
const BUG_RETRIES = 5;

/**
 * What becomes of a job whose start failed, after `failures` failed ones in a row. UNAVAILABLE waits as long as it was
 * told, or ever longer; CONFLICT starts over at once, for as long as that may help; INPUT and DENIED need a person; a
 * bug is tried a few times more. `random` is from 0 to 1, and keeps jobs that failed together from returning together.
 */
export function afterError(error: unknown, failures: number, now: number, random: number): Failure {
  const again = (wait: number): JobEnd => ({ state: "again", at: now + wait, failures: failures + 1 });
  const later = again(backoff(failures, random));
  if (isAppError(error, "UNAVAILABLE")) {
    const { retryAfter } = error;
    const asked = retryAfter === undefined ? later : again(Math.min(retryAfter * SECOND, LONGEST_ASKED_WAIT));
    return { kind: "unavailable", end: asked };
  }
  if (isAppError(error, "CONFLICT")) return { kind: "conflict", end: failures < PROMPT_CONFLICTS ? again(0) : later };
  if (isAppError(error)) return { kind: "refused", end: { state: "finished" } };
  return { kind: "bug", end: failures < BUG_RETRIES ? later : { state: "finished" } };
}

/** Twice as long after each failure, up to a limit, less up to a half by chance. */
function backoff(failures: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
  return Math.round(longest * (1 - random / 2));
}
