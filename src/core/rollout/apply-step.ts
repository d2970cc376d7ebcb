import type { Step } from "./next-step.ts";
import type { Rollout, RolloutPhase } from "./rollout.ts";

/** From which phases a step may be taken. Any other pair is a bug of the caller. */
const ALLOWED: Readonly<Record<Step["act"], readonly RolloutPhase[]>> = {
  deploy: ["waiting", "deploying"],
  adopt: ["waiting"],
  wait: ["waiting", "deploying", "soaking", "rolling-back"],
  doubt: ["deploying", "soaking"],
  soak: ["waiting", "deploying"],
  confirm: ["soaking"],
  rollback: ["deploying", "soaking", "rolling-back"],
  "rolled-back": ["deploying", "soaking", "rolling-back"],
  fail: ["waiting", "deploying", "soaking", "rolling-back"],
  none: ["waiting", "deploying", "soaking", "confirmed", "rolling-back", "rolled-back", "failed"],
};

/**
 * The rollout after a step was taken at `now` (milliseconds since the epoch). It is saved before a deployment is started,
 * so that a crash in between finds the step again. Taking `confirm` says that it was verified.
 */
export function applyStep(rollout: Rollout, step: Step, now: number): Rollout {
  if (!ALLOWED[step.act].includes(rollout.phase))
    throw new Error(`${step.act} is no step of a ${rollout.phase} rollout`);
  switch (step.act) {
    case "none":
      return rollout;
    case "wait":
      // While it goes back, what counts is why.
      return rollout.phase === "rolling-back" ? rollout : stand(withoutDoubt(rollout), step);
    case "doubt":
      return { ...rollout, reason: step.reason, unwellSince: rollout.unwellSince ?? now };
    case "deploy": {
      const started = enter(rollout, "deploying", now);
      return step.previous === undefined ? started : { ...started, previous: step.previous };
    }
    case "adopt":
      return enter(rollout, "deploying", now);
    case "soak":
      return enter(rollout, "soaking", now);
    case "confirm":
      return enter(rollout, "confirmed", now);
    case "rollback": {
      const { attempt, previous, reason } = step;
      const since = attempt === rollout.attempt ? rollout.since : now;
      return { ...rollout, phase: "rolling-back", since, attempt, previous, reason };
    }
    case "rolled-back":
      return { ...rollout, phase: "rolled-back", since: now, reason: step.reason };
    case "fail":
      return { ...rollout, phase: "failed", since: now, reason: step.reason };
  }
}

/** Who stands aside gives its turn back; who no longer does has to be given one again. */
function stand({ aside: _, ...rollout }: Rollout, step: Extract<Step, { readonly act: "wait" }>): Rollout {
  const waiting = { ...rollout, reason: step.reason };
  return step.aside === true ? { ...waiting, granted: false, aside: true } : waiting;
}

/** A phase of its own time; entered again, it goes on. A reason to wait does not outlive the waiting. */
function enter(from: Rollout, phase: RolloutPhase, now: number): Rollout {
  const { reason: _, aside: __, ...rollout } = withoutDoubt(from);
  return rollout.phase === phase ? rollout : { ...rollout, phase, since: now };
}

function withoutDoubt({ unwellSince: _, ...rollout }: Rollout): Rollout {
  return rollout;
}
