import type { Reason, ReasonCode } from "../reason.ts";
import { judgeScans } from "../verdict/judge.ts";
import type { Gate, Scans } from "../verdict/verdict.ts";
import { goBack, nextStep, type Step } from "./next-step.ts";
import type { Observed, Rollout } from "./rollout.ts";

/** How long after its soak a release may wait to be scanned, in milliseconds: a day, in which any outage is noticed. */
const SCAN_DEADLINE = 86_400_000;

const WORSE: ReadonlySet<ReasonCode> = new Set(["findings-introduced", "known-exploited"]);

/**
 * The last step of a rollout that has soaked: confirmed only when the target runs the release and nothing else, healthy,
 * and a scan of now finds it no worse than what ran before. `scans` are of both digests with the same advisories, so that
 * an advisory published meanwhile counts against both.
 *
 * A release that is worse goes back. One that nobody could scan within a day fails, but keeps running: nothing says that
 * what ran before is better.
 */
export function confirm(rollout: Rollout, observed: Observed, now: number, scans: Scans, gate: Gate): Step {
  const step = nextStep(rollout, observed, { now });
  if (step.act !== "confirm") return step;
  const reasons = judgeScans(scans, gate);
  const [first] = reasons;
  if (first === undefined) return step;
  const worse = reasons.find(({ code }) => WORSE.has(code));
  if (worse !== undefined) return goBack(rollout, observed, worse);
  return waitForScan(rollout, now, first);
}

function waitForScan(rollout: Rollout, now: number, reason: Reason): Step {
  const until = rollout.since + rollout.soak * 1000 + SCAN_DEADLINE;
  return now >= until ? { act: "fail", reason } : { act: "wait", until, reason };
}
