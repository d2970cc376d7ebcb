import { describe, expect, it } from "vitest";
import { type ReasonCode, reason } from "../../../src/core/reason.ts";
import { lookAgain } from "../../../src/core/rollout/look-again.ts";
import { GRACE, type Waiting } from "../../../src/core/rollout/next-step.ts";
import type { RolloutPhase } from "../../../src/core/rollout/rollout.ts";
import { day, hour, now } from "../samples.ts";
import { rollout } from "./rollouts.ts";

const second = 1000;
const minute = 60 * second;

function wait(code: ReasonCode, until?: number): Waiting {
  return { act: "wait", reason: reason(code), ...(until !== undefined && { until }) };
}

describe("lookAgain", () => {
  it.each<[string, RolloutPhase, Waiting, number, number | undefined]>([
    ["another rollout", "waiting", wait("wave-waiting"), hour, undefined],
    ["a person, or a newer release", "waiting", wait("campaign-halted"), hour, undefined],
    ["the operator", "waiting", wait("paused"), hour, undefined],
    ["a target that two releases run on", "waiting", wait("deploy-conflict"), 0, 5 * second],
    ["a deployment that began just now", "deploying", wait("deploy-pending", now + 2 * hour), 0, 5 * second],
    ["a deployment of ten minutes", "deploying", wait("deploy-pending", now + 2 * hour), 10 * minute, minute],
    ["a deployment of an hour", "deploying", wait("deploy-pending", now + 2 * hour), hour, 5 * minute],
    ["a deployment whose time is nearly up", "deploying", wait("deploy-pending", now + second), hour, second],
    ["going back", "rolling-back", wait("deploy-pending", now + hour), 0, 5 * second],
    ["the first minutes of a soak", "soaking", wait("soaking", now + 2 * hour), 0, minute],
    ["a long soak", "soaking", wait("soaking", now + hour), hour, 5 * minute],
    ["the end of a soak", "soaking", wait("soaking", now + 3 * second), hour, 3 * second],
    ["a scan after no soak", "soaking", wait("scan-unavailable", now + day), 0, minute],
    ["a scan after a soak", "soaking", wait("scan-unavailable", now + day), 2 * hour, 5 * minute],
    [
      "a doubt, however old the rollout",
      "soaking",
      { act: "doubt", reason: reason("unhealthy"), until: now + GRACE },
      hour,
      5 * second,
    ],
  ])("waiting for %s", (_, phase, step, age, expected) => {
    const at = lookAgain(rollout(phase, { since: now - age }), step, now);
    expect(at === undefined ? undefined : at - now).toBe(expected);
  });

  it("makes fewer than a hundred looks at a deployment that takes all of its hour", () => {
    const deploying = rollout("deploying", { since: now });
    const until = now + hour;
    let looks = 0;
    for (let at = now; at < until; looks += 1) at = lookAgain(deploying, wait("deploy-pending", until), at) ?? until;
    expect(looks).toBeLessThan(60);
  });
});
