import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reason } from "../../../src/core/reason.ts";
import { campaignId, grantStarts, rolloutBefore, tallyOf } from "../../../src/core/rollout/campaign.ts";
import type { Rollout } from "../../../src/core/rollout/rollout.ts";
import { digest } from "../samples.ts";
import { waiting } from "./rollouts.ts";

const letters: Readonly<Record<string, Partial<Rollout>>> = {
  ".": { phase: "waiting", granted: false },
  a: { phase: "waiting", granted: false, aside: true },
  g: { phase: "waiting", granted: true },
  d: { phase: "deploying", granted: true },
  s: { phase: "soaking", granted: true },
  c: { phase: "confirmed", granted: true },
  f: { phase: "failed", granted: true },
  r: { phase: "rolled-back", granted: true },
  x: { phase: "failed", granted: true, reason: reason("superseded") },
};

function rollout(environment: string, name: string, more: Partial<Rollout> = {}): Rollout {
  const target = { ...waiting.target, environment, name };
  return { ...waiting, granted: false, id: `${environment}/${name}`, target, ...more };
}

/** One rollout per letter, named by environment and place. */
function targets(states: string, environment = "production"): readonly Rollout[] {
  return [...states].map((letter, index) => rollout(environment, String(index).padStart(2, "0"), letters[letter]));
}

function granted(rollouts: readonly Rollout[], rules?: Parameters<typeof grantStarts>[1]): readonly string[] {
  return grantStarts(rollouts, rules).grant.map(({ id }) => id);
}

describe("tallyOf", () => {
  it.each<[string, string, string, readonly (number | string)[]]>([
    ["counts what has ended", ".gdscfrx", "", ["production", 3, 2]],
    ["adds to what was counted before", "cf", "ccr", ["production", 5, 2]],
    ["keeps what only was", "", "f", ["production", 1, 1]],
  ])("%s", (_, states, before, expected) => {
    const [one] = tallyOf(targets(states), tallyOf(targets(before)));
    expect([one?.environment, one?.ended, one?.failed]).toEqual(expected);
  });

  it("a campaign stands alike, whichever of its rollouts are forgotten", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(..."cfr"), fc.boolean())), (all) => {
        const members = targets(all.map(([letter]) => letter).join(""));
        const kept = members.filter((_, index) => all[index]?.[1] === false);
        const gone = members.filter((one) => !kept.includes(one));
        const { halted } = grantStarts(kept, undefined, undefined, tallyOf(gone));
        expect(halted).toBe(grantStarts(members).halted);
      }),
    );
  });
});

describe("grantStarts", () => {
  it.each<[string, string, number | "halted"]>([
    ["no targets", "", 0],
    ["the canary first", ".....", 1],
    ["nobody who stands aside, and nobody waits for one", "aa...", 1],
    ["nobody at all where all stand aside", "aaa", 0],
    ["the next wave past one who stands aside", "ca......", 2],
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
    ["a canary that gave way makes room for another", "x....", 1],
  ])("%s", (_, states, expected) => {
    const { grant, halted } = grantStarts(targets(states));
    expect(halted ? "halted" : grant.length).toBe(expected);
  });

  it("counts each environment for itself, and halts for any", () => {
    const staging = targets("ccccccccc", "staging");
    expect(granted([...staging, ...targets("...")])).toEqual(["production/00"]);
    expect(grantStarts([...staging, ...targets("f..")])).toMatchObject({ grant: [], halted: true });
  });

  it("counts a target once, by its newest release in the campaign", () => {
    const [older] = targets("f");
    const newer = { ...older!, ...letters.c, id: "newer" };
    expect(grantStarts([newer, older!, ...targets("f..").slice(1)])).toMatchObject({ failed: [], halted: false });
    expect(grantStarts([older!, newer])).toMatchObject({ failed: [older], halted: true });
  });

  it("follows its rules", () => {
    const rules = { canary: 2, growth: 1, failureRatio: 0.5 };
    expect(granted(targets("......"), rules)).toEqual(["production/00", "production/01"]);
    expect(granted(targets("cf...."), rules)).toEqual(["production/02", "production/03"]);
    expect(grantStarts(targets("ff...."), rules).halted).toBe(true);
  });

  it("starts nothing of a paused account, and lets the others pass it", () => {
    const isFree = ({ target }: Rollout) => !["00", "01"].includes(target.name);
    const grant = (states: string) => grantStarts(targets(states), undefined, isFree).grant.map(({ id }) => id);
    expect(grant(".....")).toEqual(["production/02"]);
    expect(grant("g....")).toEqual(["production/02"]);
    expect(grant("d....")).toEqual([]);
    expect(grant("cgc...")).toEqual(["production/03"]);
    expect(grant("..")).toEqual([]);
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
            now = now.map((one) => (grant.includes(one) ? { ...one, granted: true, phase: "confirmed" } : one));
          }
          expect(now.every(({ phase }) => phase === "confirmed")).toBe(true);
          expect(waves.slice(0, -1).every((size, index) => index === 0 || size >= waves[index - 1]!)).toBe(true);
          expect(waves[0] ?? 0).toBe(Math.min(canary, count));
        },
      ),
    );
  });
});

describe("rolloutBefore", () => {
  const after = { after: "staging" };
  const production = rollout("production", "a", after);
  const repository = { ...waiting.target.repository, repository: 3 };
  const elsewhere = { target: { repository, environment: "staging", name: "a" } };
  const confirmed = rollout("staging", "a", { phase: "confirmed" });
  const soaking = rollout("staging", "b", { phase: "soaking" });

  it.each<[string, Rollout, readonly Rollout[], Rollout | undefined]>([
    ["that is furthest behind", production, [confirmed, soaking, production], soaking],
    ["when all are through", production, [confirmed, production], confirmed],
    ["when it comes after none", rollout("production", "a"), [confirmed], undefined],
    ["never of another repository", production, [rollout("staging", "a", elsewhere)], undefined],
    [
      "never of another release",
      production,
      [rollout("staging", "a", { release: { ...production.release, merge: "b".repeat(40) } })],
      undefined,
    ],
  ])("finds the one %s", (_, of, all, expected) => {
    expect(rolloutBefore(of, all)).toBe(expected);
  });
});

describe("campaignId", () => {
  it("is the same for every repository", () => {
    expect(campaignId({ registry: "docker.io", repository: "library/node" }, digest("a"))).toBe(
      `docker.io/library/node@${digest("a")}`,
    );
  });
});
