import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CampaignTarget, campaignId, grantStarts } from "../../src/core/campaign.ts";
import type { RolloutPhase } from "../../src/core/rollout.ts";
import { digest } from "./samples.ts";

const letters: Readonly<Record<string, Partial<CampaignTarget>>> = {
  ".": { phase: "waiting", granted: false },
  g: { phase: "waiting", granted: true },
  d: { phase: "deploying", granted: true },
  s: { phase: "soaking", granted: true },
  c: { phase: "confirmed", granted: true },
  f: { phase: "failed", granted: true },
  r: { phase: "rolled-back", granted: true },
};

/** One target per letter, named by environment and place. */
function targets(states: string, environment = "production"): readonly CampaignTarget[] {
  return [...states].map((letter, index) => ({
    key: `${environment}/${String(index).padStart(2, "0")}`,
    environment,
    phase: "waiting",
    granted: false,
    ...letters[letter],
  }));
}

describe("grantStarts", () => {
  it.each<[string, string, number | "halted"]>([
    ["no targets", "", 0],
    ["the canary first", ".....", 1],
    ["nothing while it is on its way", "g....", 0],
    ["nothing while it soaks", "s....", 0],
    ["two after the canary", "c.......", 2],
    ["nothing before both are through", "ccd.....", 0],
    ["four after three", "ccc......", 4],
    ["what is left", "ccc..", 2],
    ["nothing more", "ccc", 0],
    ["a failed canary halts", "f....", "halted"],
    ["a canary that went back halts", "r....", "halted"],
    ["one of three halts", "ccf....", "halted"],
    ["a quarter does not", "cccf....", 3],
    ["more than a quarter does", "cccccrf.....", "halted"],
    ["a wave that lost some of its targets is filled", "cccc....", 3],
  ])("%s", (_, states, expected) => {
    const { grant, halted } = grantStarts(targets(states));
    expect(halted ? "halted" : grant.length).toBe(expected);
  });

  it("counts each environment for itself, and halts for any", () => {
    const staging = targets("ccccccccc", "staging");
    expect(grantStarts([...staging, ...targets("...")])).toEqual({ grant: ["production/00"], halted: false });
    expect(grantStarts([...staging, ...targets("f..")])).toEqual({ grant: [], halted: true });
  });

  it("follows its rules", () => {
    const rules = { canary: 2, growth: 1, failureRatio: 0.5 };
    expect(grantStarts(targets("......"), rules).grant).toEqual(["production/00", "production/01"]);
    expect(grantStarts(targets("cf...."), rules).grant).toEqual(["production/02", "production/03"]);
    expect(grantStarts(targets("ff...."), rules).halted).toBe(true);
  });

  it("brings every campaign that goes well to its end, each target once, in growing waves", () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (count, canary, growth) => {
          let now = targets(".".repeat(count));
          const waves: number[] = [];
          for (;;) {
            const { grant } = grantStarts(now, { canary, growth, failureRatio: 0.25 });
            if (grant.length === 0) break;
            waves.push(grant.length);
            now = now.map((target) =>
              grant.includes(target.key) ? { ...target, granted: true, phase: "confirmed" } : target,
            );
          }
          expect(now.every(({ phase }) => phase === ("confirmed" satisfies RolloutPhase))).toBe(true);
          expect(waves.slice(0, -1).every((size, index) => index === 0 || size >= waves[index - 1]!)).toBe(true);
          expect(waves[0] ?? 0).toBe(Math.min(canary, count));
        },
      ),
    );
  });
});

describe("campaignId", () => {
  it("is the same for every repository", () => {
    expect(campaignId({ registry: "docker.io", repository: "library/node" }, digest("a"))).toBe(
      `docker.io/library/node@${digest("a")}`,
    );
  });
});
