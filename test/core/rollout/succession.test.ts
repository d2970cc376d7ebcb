import { describe, expect, it } from "vitest";
import { reason } from "../../../src/core/reason.ts";
import { knownDigests, type Rollout, type RolloutPhase } from "../../../src/core/rollout/rollout.ts";
import { giveWay, succeed } from "../../../src/core/rollout/succession.ts";
import { digest, hour, now } from "../samples.ts";
import { previous, released, rollout, waiting } from "./rollouts.ts";

const later = now + hour;
const image = { ...waiting.release.image, digest: digest("2ecd") };
const newer: Rollout = { ...waiting, id: "r2", release: { ...waiting.release, image } };

describe("giveWay", () => {
  it.each<RolloutPhase>(["waiting", "deploying", "soaking"])("ends what is %s", (phase) => {
    expect(giveWay(rollout(phase), "r2", later)).toEqual(
      rollout("failed", { since: later, reason: reason("superseded", "r2") }),
    );
  });

  it("keeps the reason of what was going back", () => {
    const older = rollout("rolling-back", { attempt: 1, reason: reason("unhealthy") });
    expect(giveWay(older, "r2", later)).toEqual({ ...older, phase: "failed", since: later });
  });

  it.each<RolloutPhase>(["confirmed", "rolled-back", "failed"])("leaves the %s alone", (phase) => {
    expect(giveWay(rollout(phase), "r2", later)).toEqual(rollout(phase));
  });
});

describe("succeed", () => {
  it.each<RolloutPhase>(["confirmed", "rolled-back"])("takes nothing over from the %s: the target tells", (phase) => {
    expect(succeed(newer, rollout(phase))).toEqual(newer);
  });

  it("takes over what to go back to, and what is not", () => {
    expect(succeed(newer, rollout("failed"))).toEqual({ ...newer, previous, unconfirmed: [released] });
    expect(succeed(newer, { ...waiting, phase: "failed" })).toEqual({ ...newer, unconfirmed: [released] });
  });

  it("takes it over from all in a row, as many as may run", () => {
    let heir = rollout("waiting");
    for (let number = 0; number < 30; number += 1) {
      const next = { ...heir.release.image, digest: digest(`${number + 10}`) };
      heir = succeed({ ...newer, release: { ...newer.release, image: next } }, giveWay(heir, "next", later));
    }
    expect(heir.previous).toBe(previous);
    expect(heir.unconfirmed).toHaveLength(20);
    expect(heir.unconfirmed?.at(-1)).toBe(digest("38"));
    expect(knownDigests(heir)).toEqual([digest("39"), previous, ...(heir.unconfirmed ?? [])]);
  });
});
