import type { ReasonCode } from "../reason.ts";
import { pace } from "../write/pace.ts";
import { GRACE, type Waiting } from "./next-step.ts";
import type { Rollout } from "./rollout.ts";

/** Milliseconds between two looks at something that is on its way. Each look is three requests: two of them to GitHub. */
export const SOONEST = 5_000;
/** The same while all is well and only time has to pass, or a scanner to answer. */
const UNHURRIED = 60_000;
const LATEST = 300_000;

/** What ends by an event that wakes who waits for it: another rollout's end, or the operator's word. */
const WOKEN: ReadonlySet<ReasonCode> = new Set(["wave-waiting", "campaign-halted", "paused"]);

/**
 * When to look again at a rollout that waits, in milliseconds since the epoch, should no event tell of it before: ever less
 * often, and at the time at which something is decided. `undefined` where only another rollout, or the operator, can end the
 * waiting: that wakes it; and where nobody knows when its window opens: the sweep looks then.
 */
export function lookAgain({ phase, since }: Rollout, step: Waiting, now: number): number | undefined {
  if (WOKEN.has(step.reason.code)) return undefined;
  if (step.act === "wait" && step.aside) return step.until;
  const isDoubt = step.act === "doubt";
  const began = isDoubt ? step.until - GRACE : since;
  const next = now + pace(now - began, phase === "soaking" && !isDoubt ? UNHURRIED : SOONEST, LATEST);
  return Math.min(next, step.until ?? next);
}
