import { reason } from "../reason.ts";
import { applyStep } from "./apply-step.ts";
import { isFinished, type Rollout } from "./rollout.ts";

/**
 * A target has one rollout at a time: one that has not ended gives way to the rollout `to`, at `now` (milliseconds since the
 * epoch), and its campaign does not wait for it. One that was going back has failed all the same.
 */
export function giveWay(older: Rollout, to: string, now: number): Rollout {
  if (isFinished(older)) return older;
  const why = older.phase === "rolling-back" ? older.reason : undefined;
  return applyStep(older, { act: "fail", reason: why ?? reason("superseded", to) }, now);
}

/**
 * The newer rollout of a target, with what it must know of the one before it. A release that failed, or had to give way, may
 * run still, wholly or in part: the newer one goes over it, and back to what ran before both.
 */
export function succeed(newer: Rollout, older: Rollout): Rollout {
  if (older.phase !== "failed") return newer;
  const unconfirmed = [...(older.unconfirmed ?? []), older.release.image.digest].slice(-MOST_UNCONFIRMED);
  return { ...newer, ...(older.previous && { previous: older.previous }), unconfirmed };
}

/** Releases in a row of which none was confirmed; of still older ones none runs. */
const MOST_UNCONFIRMED = 20;
