import type { Closed } from "../policy/window.ts";
import { type Reason, reason } from "../reason.ts";
import type { Digest } from "../reference.ts";
import { knownDigests, type Observed, type Rollout } from "./rollout.ts";

/** What to do next about a rollout. `applyStep` says what it makes of the rollout. */
export type Step =
  /** Deploy the release; the target must run `previous` now (absent: nothing). Safe to repeat under the same key. */
  | { readonly act: "deploy"; readonly previous?: Digest }
  /** The deployment is there already: only the record is behind. */
  | { readonly act: "adopt" }
  /** `until` in milliseconds since the epoch, where a time will come at which to look again. `aside`: without its turn. */
  | { readonly act: "wait"; readonly until?: number; readonly reason: Reason; readonly aside?: true }
  /** The release is not well: from `until` on, if no look finds it well before, it goes back. */
  | { readonly act: "doubt"; readonly until: number; readonly reason: Reason }
  | { readonly act: "soak" }
  /** The release runs and has soaked: what is left is to verify it, by `confirm`. */
  | { readonly act: "confirm" }
  /** Deploy `previous` again, as this attempt. Safe to repeat under the same key. */
  | { readonly act: "rollback"; readonly previous: Digest; readonly attempt: number; readonly reason: Reason }
  | { readonly act: "rolled-back"; readonly reason: Reason }
  | { readonly act: "fail"; readonly reason: Reason }
  | { readonly act: "none" };

/** A step that leaves things as they are for now. */
export type Waiting = Extract<Step, { readonly act: "wait" | "doubt" }>;

export interface RolloutContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The newest rollout of the environment that must be confirmed before; of several targets, the one furthest behind. */
  readonly afterState?: Rollout | undefined;
  /** Whether the campaign was halted: then what was granted and has not started yet does not start either. */
  readonly halted?: boolean;
  /** Why nothing new may start at all: then it waits. */
  readonly paused?: Reason | undefined;
}

/** How long a deployment may take, in milliseconds: an hour, as no rolling update of ours should need more. */
export const DEPLOY_DEADLINE = 3_600_000;
/**
 * How long a release that arrived may be found unwell before it goes back, in milliseconds. Going back takes the fix from the
 * target and quarantines its base, so one look is not enough: a replica that is moved, or restarts twice, is ready again
 * within a minute.
 */
export const GRACE = 60_000;
/** Rollbacks tried before a person is called. */
const MAX_ROLLBACKS = 3;

/**
 * The next step of a rollout, by what the target itself says. Nothing is deployed over a digest that is neither the
 * release nor what ran before it, and there is no going back to a digest that nobody recorded: then the rollout fails
 * and a person decides. Once started it ends, whatever becomes of its deployments.
 */
export function nextStep(rollout: Rollout, observed: Observed, context: RolloutContext): Step {
  switch (rollout.phase) {
    case "waiting":
      return whileWaiting(rollout, observed, context);
    case "deploying":
      return whileDeploying(rollout, observed, context);
    case "soaking":
      return whileSoaking(rollout, observed, context);
    case "rolling-back":
      return whileRollingBack(rollout, observed, context);
    case "confirmed":
    case "rolled-back":
    case "failed":
      return { act: "none" };
  }
}

function whileWaiting(rollout: Rollout, observed: Observed, context: RolloutContext): Step {
  if (observed.deployment !== "none") return { act: "adopt" };
  if (runsOnly(observed, rollout.release.image.digest)) return { act: "soak" };
  const waiting = notYet(rollout, context);
  if (waiting !== undefined) return waiting;
  if (!isForeign(rollout, observed)) return deployOver(rollout.previous);
  // Where nobody recorded what runs, the target's own word is what ran before: if it is one word.
  return observed.running.length > 1 ? wait(conflict(observed)) : deployOver(observed.running[0]);
}

function deployOver(previous: Digest | undefined): Step {
  return previous === undefined ? { act: "deploy" } : { act: "deploy", previous };
}

/** Why a rollout may not start yet. */
function notYet(
  { granted, after, release }: Rollout,
  { afterState, halted, paused }: RolloutContext,
): Step | undefined {
  const sameRelease = afterState?.release.image.digest === release.image.digest;
  if (after !== undefined && sameRelease && (afterState?.phase === "failed" || afterState?.phase === "rolled-back")) {
    return fail(reason("wave-failed", after));
  }
  if (paused !== undefined) return wait(paused);
  if (halted) return wait(reason("campaign-halted"));
  if (!granted) return wait(reason("wave-waiting"));
  const isNext = after === undefined || (sameRelease && afterState?.phase === "confirmed");
  return isNext ? undefined : wait(reason("wave-waiting", after));
}

function whileDeploying(rollout: Rollout, observed: Observed, { now }: RolloutContext): Step {
  if (isForeign(rollout, observed)) return fail(conflict(observed));
  if (observed.deployment === "failed") return goBack(rollout, observed, reason("deploy-failed"));
  const hasArrived = runsOnly(observed, rollout.release.image.digest) || rollout.unwellSince !== undefined;
  if (hasArrived && observed.deployment !== "pending") return doubt(rollout, observed, now) ?? { act: "soak" };
  if (observed.deployment === "none") return deployOver(rollout.previous);
  const why = reason(observed.deployment === "pending" ? "deploy-pending" : "not-running");
  const until = rollout.since + DEPLOY_DEADLINE;
  return now >= until ? goBack(rollout, observed, why) : wait(why, until);
}

function whileSoaking(rollout: Rollout, observed: Observed, { now }: RolloutContext): Step {
  if (isForeign(rollout, observed)) return fail(conflict(observed));
  if (observed.deployment === "failed") return goBack(rollout, observed, reason("deploy-failed"));
  const doubted = doubt(rollout, observed, now);
  if (doubted !== undefined) return doubted;
  const until = rollout.since + rollout.soak * 1000;
  return now >= until ? { act: "confirm" } : wait(reason("soaking"), until);
}

function whileRollingBack(rollout: Rollout, observed: Observed, { now }: RolloutContext): Step {
  const { previous, attempt, since } = rollout;
  const why = rollout.reason ?? reason("deploy-failed");
  if (previous === undefined || isForeign(rollout, observed)) return fail(conflict(observed));
  if (observed.deployment !== "pending" && runsOnly(observed, previous)) return { act: "rolled-back", reason: why };
  if (observed.deployment === "none") return { act: "rollback", previous, attempt, reason: why };
  if (observed.deployment === "failed") {
    return attempt < MAX_ROLLBACKS ? { act: "rollback", previous, attempt: attempt + 1, reason: why } : fail(why);
  }
  const until = since + DEPLOY_DEADLINE;
  return now >= until ? fail(why) : wait(reason("deploy-pending"), until);
}

/** What to do about a release that arrived and is not well: back, once no look has found it well for as long as that may be. */
function doubt(rollout: Rollout, observed: Observed, now: number): Step | undefined {
  const arrived = runsOnly(observed, rollout.release.image.digest);
  if (arrived && observed.healthy) return undefined;
  const why = reason(arrived ? "unhealthy" : "not-running");
  const until = (rollout.unwellSince ?? now) + GRACE;
  return now >= until ? goBack(rollout, observed, why) : { act: "doubt", until, reason: why };
}

/**
 * The step, unless it would start something new while that may not be: then the rollout stands aside. What is under way goes
 * on, and may go back.
 */
export function unlessClosed({ phase }: Rollout, step: Step, closed: Closed | undefined): Step {
  const starts = phase === "waiting" && (step.act === "deploy" || step.act === "wait");
  if (closed === undefined || !starts) return step;
  return { ...wait(closed.reason, closed.opensAt), aside: true };
}

/** Back to what ran before, if that is known and not what runs already. */
export function goBack(rollout: Rollout, observed: Observed, why: Reason): Step {
  const { previous, attempt } = rollout;
  if (previous === undefined) return fail(why);
  if (runsOnly(observed, previous)) return { act: "rolled-back", reason: why };
  return { act: "rollback", previous, attempt: attempt + 1, reason: why };
}

function runsOnly({ running }: Observed, digest: Digest): boolean {
  return running.length > 0 && running.every((one) => one === digest);
}

/** Whether the target runs anything that this rollout neither brings nor found. */
function isForeign(rollout: Rollout, { running }: Observed): boolean {
  const known = knownDigests(rollout);
  return running.some((digest) => !known.includes(digest));
}

function conflict({ running }: Observed): Reason {
  return reason("deploy-conflict", running.slice(0, 3).join(", "));
}

function fail(why: Reason): Step {
  return { act: "fail", reason: why };
}

function wait(why: Reason, until?: number): Extract<Step, { readonly act: "wait" }> {
  return until === undefined ? { act: "wait", reason: why } : { act: "wait", until, reason: why };
}
