import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reason } from "../../../src/core/reason.ts";
import type { Digest } from "../../../src/core/reference.ts";
import { applyStep } from "../../../src/core/rollout/apply-step.ts";
import { confirm } from "../../../src/core/rollout/confirm.ts";
import {
  DEPLOY_DEADLINE,
  GRACE,
  nextStep,
  type RolloutContext,
  type Step,
  unlessClosed,
} from "../../../src/core/rollout/next-step.ts";
import { deploymentKey, type Observed, type Rollout, type RolloutPhase } from "../../../src/core/rollout/rollout.ts";
import type { Scans } from "../../../src/core/verdict/verdict.ts";
import { day, digest, finding, hour, now, report } from "../samples.ts";
import { previous, released, rollout, waiting } from "./rollouts.ts";

const foreign = digest("bad");
const failed = digest("fa11ed");
const heir = { unconfirmed: [failed] };

function runs(running: readonly Digest[], deployment: Observed["deployment"] = "none", healthy = true): Observed {
  return { running, deployment, healthy };
}

/** `act code`, as one word or two. */
function tell(step: Step): string {
  return "reason" in step ? `${step.act} ${step.reason.code}` : step.act;
}

const staging = (phase: RolloutPhase, more: Partial<Rollout> = {}): RolloutContext => ({
  now,
  afterState: rollout(phase, more),
});
const after = { after: "staging" };
const elsewhere = { release: { ...waiting.release, image: { ...waiting.release.image, digest: foreign } } };
const doubted = { unwellSince: now - GRACE };
const paused = reason("paused");
const late: RolloutContext = { now: now + DEPLOY_DEADLINE };

describe("nextStep", () => {
  it.each<[string, Rollout, Observed, RolloutContext, string]>([
    ["starts over what ran before", rollout("waiting"), runs([previous]), { now }, "deploy"],
    ["starts where nothing runs", waiting, runs([]), { now }, "deploy"],
    ["takes what runs for what ran before", waiting, runs([foreign]), { now }, "deploy"],
    ["does not guess between two", waiting, runs([foreign, previous]), { now }, "wait deploy-conflict"],
    ["believes the target over what was handed on", rollout("waiting"), runs([foreign]), { now }, "deploy"],
    ["goes over what was never confirmed", rollout("waiting", heir), runs([failed]), { now }, "deploy"],
    ["goes over it in the middle of its way", rollout("waiting", heir), runs([previous, failed]), { now }, "deploy"],
    ["does not guess beside it", rollout("waiting", heir), runs([foreign, failed]), { now }, "wait deploy-conflict"],
    ["waits for the campaign", rollout("waiting", { granted: false }), runs([previous]), { now }, "wait wave-waiting"],
    [
      "waits while the campaign is halted",
      rollout("waiting"),
      runs([previous]),
      { now, halted: true },
      "wait campaign-halted",
    ],
    ["waits while it is paused", rollout("waiting"), runs([previous]), { now, paused }, "wait paused"],
    ["goes on while it is paused", rollout("deploying"), runs([previous]), { now, paused }, "deploy"],
    ["waits for the environment before", rollout("waiting", after), runs([previous]), { now }, "wait wave-waiting"],
    [
      "waits while that one soaks",
      rollout("waiting", after),
      runs([previous]),
      staging("soaking"),
      "wait wave-waiting",
    ],
    [
      "waits while that one is at another release",
      rollout("waiting", after),
      runs([previous]),
      staging("confirmed", elsewhere),
      "wait wave-waiting",
    ],
    ["starts when that one is confirmed", rollout("waiting", after), runs([previous]), staging("confirmed"), "deploy"],
    [
      "ends when that one went back",
      rollout("waiting", after),
      runs([previous]),
      staging("rolled-back"),
      "fail wave-failed",
    ],
    [
      "waits when that one failed with another release",
      rollout("waiting", after),
      runs([previous]),
      staging("failed", elsewhere),
      "wait wave-waiting",
    ],
    ["adopts a deployment that it forgot", rollout("waiting"), runs([previous], "pending"), { now }, "adopt"],
    ["soaks what runs already", rollout("waiting", { granted: false }), runs([released]), { now }, "soak"],

    ["repeats a deployment that never arrived", rollout("deploying"), runs([previous]), { now }, "deploy"],
    [
      "waits for the deployment",
      rollout("deploying"),
      runs([previous, released], "pending"),
      { now },
      "wait deploy-pending",
    ],
    ["waits for the switch", rollout("deploying"), runs([previous], "succeeded"), { now }, "wait not-running"],
    ["soaks what arrived", rollout("deploying"), runs([released], "succeeded"), { now }, "soak"],
    [
      "waits until what was never confirmed is gone",
      rollout("deploying", heir),
      runs([failed, released], "succeeded"),
      { now },
      "wait not-running",
    ],
    ["goes back from it too", rollout("deploying", heir), runs([failed], "failed"), { now }, "rollback deploy-failed"],
    [
      "stops where nothing good is known",
      { ...waiting, ...heir, phase: "deploying" },
      runs([failed], "failed"),
      { now },
      "fail deploy-failed",
    ],
    ["soaks what arrived without a record", rollout("deploying"), runs([released]), { now }, "soak"],
    [
      "waits for the deployment to say so",
      rollout("deploying"),
      runs([released], "pending"),
      { now },
      "wait deploy-pending",
    ],
    [
      "goes back from a failure",
      rollout("deploying"),
      runs([released, previous], "failed"),
      { now },
      "rollback deploy-failed",
    ],
    [
      "is back after a failure that changed nothing",
      rollout("deploying"),
      runs([previous], "failed"),
      { now },
      "rolled-back deploy-failed",
    ],
    [
      "doubts what arrived unhealthy",
      rollout("deploying"),
      runs([released], "succeeded", false),
      { now },
      "doubt unhealthy",
    ],
    [
      "goes back from what stays unhealthy",
      rollout("deploying", doubted),
      runs([released], "succeeded", false),
      { now },
      "rollback unhealthy",
    ],
    [
      "doubts on while what was unhealthy restarts",
      rollout("deploying", { unwellSince: now - 1 }),
      runs([], "succeeded"),
      { now },
      "doubt not-running",
    ],
    ["soaks what was only slow", rollout("deploying", doubted), runs([released], "succeeded"), { now }, "soak"],
    [
      "goes back when time is up",
      rollout("deploying"),
      runs([released, previous], "pending"),
      late,
      "rollback deploy-pending",
    ],
    ["goes back when nothing ever ran", rollout("deploying"), runs([], "succeeded"), late, "rollback not-running"],
    [
      "stops at another digest",
      rollout("deploying"),
      runs([released, foreign], "pending"),
      { now },
      "fail deploy-conflict",
    ],
    [
      "stops where nothing is known to go back to",
      { ...waiting, phase: "deploying" },
      runs([released], "failed"),
      { now },
      "fail deploy-failed",
    ],

    ["soaks", rollout("soaking"), runs([released], "succeeded"), { now: now + 2 * hour - 1 }, "wait soaking"],
    ["has soaked", rollout("soaking"), runs([released], "succeeded"), { now: now + 2 * hour }, "confirm"],
    ["soaks though the record is gone", rollout("soaking"), runs([released]), { now: now + 2 * hour }, "confirm"],
    [
      "doubts what sickens",
      rollout("soaking"),
      runs([released], "succeeded", false),
      { now: now + 2 * hour },
      "doubt unhealthy",
    ],
    [
      "doubts it until the grace is over",
      rollout("soaking", { unwellSince: now - GRACE + 1 }),
      runs([released], "succeeded", false),
      { now },
      "doubt unhealthy",
    ],
    ["doubts what restarts", rollout("soaking"), runs([], "succeeded"), { now }, "doubt not-running"],
    [
      "goes back when it stays sick",
      rollout("soaking", doubted),
      runs([released], "succeeded", false),
      { now },
      "rollback unhealthy",
    ],
    [
      "soaks on when it is well again",
      rollout("soaking", doubted),
      runs([released], "succeeded"),
      { now },
      "wait soaking",
    ],
    [
      "goes back when its deployment failed late",
      rollout("soaking"),
      runs([released], "failed"),
      { now },
      "rollback deploy-failed",
    ],
    [
      "goes back when it no longer runs everywhere",
      rollout("soaking", doubted),
      runs([released, previous], "succeeded"),
      { now },
      "rollback not-running",
    ],
    [
      "is back when someone went back",
      rollout("soaking", doubted),
      runs([previous], "succeeded"),
      { now },
      "rolled-back not-running",
    ],
    ["stops when someone went on", rollout("soaking"), runs([foreign], "succeeded"), { now }, "fail deploy-conflict"],

    [
      "repeats going back",
      rollout("rolling-back", { attempt: 1 }),
      runs([released]),
      { now },
      "rollback deploy-failed",
    ],
    [
      "waits for going back",
      rollout("rolling-back", { attempt: 1 }),
      runs([released], "pending"),
      { now },
      "wait deploy-pending",
    ],
    [
      "is back",
      rollout("rolling-back", { attempt: 1, reason: reason("unhealthy") }),
      runs([previous], "succeeded"),
      { now },
      "rolled-back unhealthy",
    ],
    [
      "waits for the last of it",
      rollout("rolling-back", { attempt: 1 }),
      runs([previous], "pending"),
      { now },
      "wait deploy-pending",
    ],
    [
      "goes back over what was never confirmed",
      rollout("rolling-back", { ...heir, attempt: 1 }),
      runs([failed]),
      { now },
      "rollback deploy-failed",
    ],
    [
      "tries again to go back",
      rollout("rolling-back", { attempt: 2 }),
      runs([released], "failed"),
      { now },
      "rollback deploy-failed",
    ],
    [
      "gives up going back",
      rollout("rolling-back", { attempt: 3 }),
      runs([released], "failed"),
      { now },
      "fail deploy-failed",
    ],
    [
      "gives up waiting to be back",
      rollout("rolling-back", { attempt: 1 }),
      runs([released], "pending"),
      late,
      "fail deploy-failed",
    ],
    [
      "does not go back over another digest",
      rollout("rolling-back", { attempt: 1 }),
      runs([foreign], "failed"),
      { now },
      "fail deploy-conflict",
    ],

    ["leaves the confirmed alone", rollout("confirmed"), runs([foreign], "failed", false), { now }, "none"],
    ["leaves the rolled back alone", rollout("rolled-back"), runs([released], "failed", false), { now }, "none"],
    ["leaves the failed alone", rollout("failed"), runs([released], "failed", false), { now }, "none"],
  ])("%s", (_, from, observed, context, expected) => {
    expect(tell(nextStep(from, observed, context))).toBe(expected);
  });

  it("says from what it deploys, to what it goes back, and when to look again", () => {
    expect(nextStep(waiting, runs([foreign]), { now })).toEqual({ act: "deploy", previous: foreign });
    expect(nextStep(rollout("waiting"), runs([foreign]), { now })).toEqual({ act: "deploy", previous: foreign });
    expect(nextStep(rollout("waiting", heir), runs([failed]), { now })).toEqual({ act: "deploy", previous });
    expect(nextStep({ ...waiting, ...heir }, runs([failed]), { now })).toEqual({ act: "deploy" });
    expect(nextStep(rollout("soaking"), runs([released]), { now })).toMatchObject({ until: now + 2 * hour });
    expect(nextStep(rollout("soaking"), runs([]), { now })).toMatchObject({ until: now + GRACE });
    expect(nextStep(rollout("rolling-back", { attempt: 1 }), runs([released], "failed"), { now })).toMatchObject({
      previous,
      attempt: 2,
    });
    expect(nextStep(rollout("rolling-back", { attempt: 1 }), runs([released]), { now })).toMatchObject({
      previous,
      attempt: 1,
    });
  });
});

describe("applyStep", () => {
  const why = reason("unhealthy");
  const later = now + hour;

  it.each<[string, Rollout, Step, Partial<Rollout>]>([
    ["deploy", waiting, { act: "deploy", previous: foreign }, { phase: "deploying", since: later, previous: foreign }],
    ["deploy again", rollout("deploying"), { act: "deploy", previous }, { phase: "deploying", since: now, previous }],
    ["adopt", waiting, { act: "adopt" }, { phase: "deploying", since: later }],
    ["wait", waiting, { act: "wait", reason: why }, { phase: "waiting", since: now, reason: why }],
    [
      "wait and be well",
      rollout("soaking", { unwellSince: now }),
      { act: "wait", reason: why },
      { phase: "soaking", reason: why },
    ],
    [
      "doubt",
      rollout("soaking"),
      { act: "doubt", until: later, reason: why },
      { phase: "soaking", since: now, reason: why, unwellSince: later },
    ],
    [
      "doubt on",
      rollout("deploying", { unwellSince: now }),
      { act: "doubt", until: later, reason: why },
      { phase: "deploying", reason: why, unwellSince: now },
    ],
    [
      "soak",
      rollout("deploying", { reason: why, unwellSince: now }),
      { act: "soak" },
      { phase: "soaking", since: later },
    ],
    ["confirm", rollout("soaking", { reason: why }), { act: "confirm" }, { phase: "confirmed", since: later }],
    [
      "rollback",
      rollout("soaking"),
      { act: "rollback", previous, attempt: 1, reason: why },
      { phase: "rolling-back", since: later, attempt: 1, reason: why },
    ],
    [
      "rollback repeated",
      rollout("rolling-back", { attempt: 1 }),
      { act: "rollback", previous, attempt: 1, reason: why },
      { phase: "rolling-back", since: now, attempt: 1, reason: why },
    ],
    [
      "wait while going back",
      rollout("rolling-back", { reason: why }),
      { act: "wait", reason: reason("deploy-pending") },
      { phase: "rolling-back", reason: why },
    ],
    [
      "rolled back",
      rollout("rolling-back"),
      { act: "rolled-back", reason: why },
      { phase: "rolled-back", since: later, reason: why },
    ],
    ["fail", rollout("deploying"), { act: "fail", reason: why }, { phase: "failed", since: later, reason: why }],
    ["none", rollout("confirmed"), { act: "none" }, { phase: "confirmed", since: now }],
  ])("%s", (_, from, step, expected) => {
    const { reason: _reason, unwellSince: _unwell, ...kept } = from;
    expect(applyStep(from, step, later)).toEqual({ ...kept, ...expected });
  });

  it("takes no step that the phase does not have", () => {
    expect(() => applyStep(rollout("confirmed"), { act: "deploy" }, now)).toThrow(
      "deploy is no step of a confirmed rollout",
    );
  });
});

describe("confirm", () => {
  const soaked = now + 2 * hour;
  const healthy = runs([released], "succeeded");
  const scans = (before: string[], after: string[]): Scans => ({
    state: "done",
    before: [report(before.map((id) => finding(id)))],
    after: [report(after.map((id) => finding(id)))],
  });

  it.each<[string, Rollout, Observed, number, Scans, string]>([
    ["runs and is no worse", rollout("soaking"), healthy, soaked, scans(["CVE-1"], []), "confirm"],
    [
      "an advisory published meanwhile counts against both",
      rollout("soaking"),
      healthy,
      soaked,
      scans(["CVE-9"], ["CVE-9"]),
      "confirm",
    ],
    ["not soaked yet", rollout("soaking"), healthy, now, scans([], []), "wait soaking"],
    [
      "runs beside another",
      rollout("soaking"),
      runs([released, foreign]),
      soaked,
      scans([], []),
      "fail deploy-conflict",
    ],
    ["worse", rollout("soaking"), healthy, soaked, scans([], ["CVE-1"]), "rollback findings-introduced"],
    [
      "worse, with nothing to go back to",
      { ...waiting, phase: "soaking" },
      healthy,
      soaked,
      scans([], ["CVE-1"]),
      "fail findings-introduced",
    ],
    ["not scanned yet", rollout("soaking"), healthy, soaked, { state: "pending" }, "wait scan-pending"],
    ["not scanned for a day", rollout("soaking"), healthy, soaked + day, { state: "pending" }, "fail scan-pending"],
    [
      "no scanner",
      rollout("soaking"),
      healthy,
      soaked,
      { state: "failed", reason: reason("scan-unavailable") },
      "wait scan-unavailable",
    ],
    ["confirmed already", rollout("confirmed"), healthy, soaked, scans([], []), "none"],
  ])("%s", (_, from, observed, at, done, expected) => {
    expect(tell(confirm(from, observed, at, done, { failOn: "high" }))).toBe(expected);
  });
});

/** A target that does as chance says, and counts what it is asked. */
class World {
  running: readonly Digest[] = [previous];
  healthy = true;
  readonly deployments = new Map<string, { state: Observed["deployment"]; readonly digest: Digest }>();

  observe(from: Rollout): Observed {
    const deployment = this.deployments.get(deploymentKey(from))?.state ?? "none";
    return { running: this.running, deployment, healthy: this.healthy };
  }

  deploy(key: string, to: Digest, known: readonly (Digest | undefined)[]): void {
    if (this.deployments.has(key)) throw new Error(`deployed twice: ${key}`);
    if (!this.running.every((one) => known.includes(one))) throw new Error("deployed over another's digest");
    this.deployments.set(key, { state: "pending", digest: to });
  }

  finish(outcome: "succeeded" | "failed", running: "new" | "old" | "both"): void {
    for (const deployment of this.deployments.values()) {
      if (deployment.state !== "pending") continue;
      deployment.state = outcome;
      const others = this.running.filter((one) => one !== deployment.digest);
      this.running = { new: [deployment.digest], old: this.running, both: [...others, deployment.digest] }[running];
    }
  }
}

type Event =
  | "step"
  | "crash before saving"
  | "crash before acting"
  | "succeed"
  | "fail"
  | "fail halfway"
  | "sicken"
  | "heal"
  | "intrude"
  | "hour";

function happen(world: World, event: Event): void {
  if (event === "succeed") world.finish("succeeded", "new");
  if (event === "fail") world.finish("failed", "old");
  if (event === "fail halfway") world.finish("failed", "both");
  if (event === "sicken" || event === "heal") world.healthy = event === "heal";
  if (event === "intrude") world.running = [foreign];
}

/** One pass of the flow: observe, decide, save, act. */
function pass(world: World, from: Rollout, at: number, crash: "before saving" | "before acting" | undefined): Rollout {
  const step = nextStep(from, world.observe(from), { now: at });
  if (crash === "before saving") return from;
  const next = applyStep(from, step, at);
  if (crash === "before acting") return next;
  if (step.act === "deploy") world.deploy(deploymentKey(next), released, [released, step.previous]);
  if (step.act === "rollback") world.deploy(deploymentKey(next), step.previous, [released, from.previous]);
  return next;
}

describe("any course of events", () => {
  const event = fc.constantFrom<Event[]>(
    "step",
    "step",
    "step",
    "crash before saving",
    "crash before acting",
    "succeed",
    "fail",
    "fail halfway",
    "sicken",
    "heal",
    "intrude",
    "hour",
  );

  it("deploys once per key, never over another's digest, and ends", () => {
    const ends = new Set<RolloutPhase>();
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.constantFrom<Event[]>("succeed", "fail", "fail halfway", "hour"),
        (events, habit) => {
          const world = new World();
          let current = waiting;
          let at = now;
          const drain = Array.from({ length: 12 }, (): Event[] => ["step", habit, "hour"]).flat();
          for (const next of [...events, ...drain]) {
            happen(world, next);
            if (next === "hour") at += hour;
            if (next === "step") current = pass(world, current, at, undefined);
            if (next === "crash before saving") current = pass(world, current, at, "before saving");
            if (next === "crash before acting") current = pass(world, current, at, "before acting");
          }
          expect(["confirmed", "rolled-back", "failed"]).toContain(current.phase);
          ends.add(current.phase);
        },
      ),
      { numRuns: 1000 },
    );
    expect(ends.size).toBe(3);
  });
});

describe("outside of its window", () => {
  const closed = { reason: reason("outside-window", "it opens later"), opensAt: now + hour };
  const step: Step = { act: "deploy", previous };

  it.each<[RolloutPhase, Step, string]>([
    ["waiting", step, "wait outside-window"],
    ["waiting", { act: "wait", reason: reason("wave-waiting") }, "wait outside-window"],
    ["waiting", { act: "adopt" }, "adopt"],
    ["waiting", { act: "soak" }, "soak"],
    ["waiting", { act: "fail", reason: reason("wave-failed") }, "fail wave-failed"],
    ["deploying", step, "deploy"],
    ["soaking", { act: "rollback", previous, attempt: 1, reason: reason("unhealthy") }, "rollback unhealthy"],
    ["rolling-back", { act: "rollback", previous, attempt: 2, reason: reason("unhealthy") }, "rollback unhealthy"],
  ])("a %s rollout that would %o does: %s", (phase, would, expected) => {
    expect(tell(unlessClosed(rollout(phase), would, closed))).toBe(expected);
    expect(unlessClosed(rollout(phase), would, undefined)).toBe(would);
  });

  it("a rollout gives its turn back, and has none until it is given one again", () => {
    const aside = applyStep(rollout("waiting"), unlessClosed(rollout("waiting"), step, closed), now);
    expect(aside).toEqual({ ...rollout("waiting"), granted: false, aside: true, reason: closed.reason });
    const again = nextStep(aside, runs([previous]), { now });
    expect(applyStep(aside, again, now)).toEqual({
      ...rollout("waiting"),
      granted: false,
      reason: reason("wave-waiting"),
    });
  });
});
