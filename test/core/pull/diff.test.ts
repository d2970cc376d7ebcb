import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Urgency } from "../../../src/core/policy/policy.ts";
import {
  type ActualPull,
  type DesiredPull,
  diffPulls,
  isOutdated,
  type PullLimits,
} from "../../../src/core/pull/diff.ts";
import { refusalKey } from "../../../src/core/pull/pull.ts";
import { type Reason, reason } from "../../../src/core/reason.ts";
import { digest, group, node, update } from "../samples.ts";

const plenty: PullLimits = { open: 10, perHour: 10, openedLastHour: 0 };

function desired(branch: string, urgency: Urgency = "normal", more: Partial<DesiredPull> = {}): DesiredPull {
  return { branch, group: group([update({ urgency })]), ...more };
}

function actual(branch: string, more: Partial<ActualPull> = {}): ActualPull {
  return { branch, state: "open", content: "equal", frozen: false, failed: false, ...more };
}

/** `kind branch` of each act, `code branch` of each held one. */
function told(input: {
  desired?: DesiredPull[];
  actual?: ActualPull[];
  refused?: Set<string>;
  undecided?: Set<string>;
  snoozed?: Map<string, Reason>;
  limits?: PullLimits;
}): readonly string[] {
  const diff = diffPulls({ desired: [], actual: [], refused: new Set(), limits: plenty, ...input });
  return [
    ...diff.acts.map(({ kind, branch }) => `${kind} ${branch}`),
    ...diff.held.map(({ branch, reason }) => `${reason.code} ${branch}`),
  ];
}

describe("diffPulls", () => {
  it.each<[string, DesiredPull[], ActualPull[], readonly string[]]>([
    ["nothing", [], [], []],
    ["a new group", [desired("a")], [], ["open a"]],
    ["a branch that a crash left without a pull", [desired("a")], [actual("a", { state: "none" })], ["open a"]],
    [
      "an old pull of the same branch",
      [desired("a")],
      [actual("a", { state: "merged", content: "differs" })],
      ["open a"],
    ],
    ["an open one among old ones", [desired("a")], [actual("a", { state: "closed" }), actual("a")], ["keep a"]],
    ["the same content", [desired("a")], [actual("a")], ["keep a"]],
    ["other content", [desired("a")], [actual("a", { content: "differs" })], ["refresh a"]],
    ["a frozen head", [desired("a")], [actual("a", { content: "differs", frozen: true })], ["keep a"]],
    [
      "a frozen head that failed",
      [desired("a")],
      [actual("a", { content: "differs", frozen: true, failed: true })],
      ["refresh a"],
    ],
    [
      "a frozen head, a better candidate",
      [desired("a", "normal", { fixesMore: true })],
      [actual("a", { content: "differs", frozen: true })],
      ["refresh a"],
    ],
    [
      "a frozen head that policy does not permit any more",
      [desired("a", "normal", { forbidden: true })],
      [actual("a", { content: "differs", frozen: true })],
      ["refresh a"],
    ],
    ["no longer wanted", [], [actual("a", { frozen: true })], ["close a"]],
    [
      "what is left of pulls that ended",
      [desired("wanted")],
      [
        actual("merged", { state: "merged", head: "a", spent: true }),
        actual("gone", { state: "merged", spent: true }),
        actual("refused", { state: "closed", head: "b" }),
        actual("theirs", { state: "closed", head: "c", spent: true, content: "foreign" }),
        actual("wanted", { state: "merged", head: "d", spent: true, content: "differs" }),
      ],
      ["tidy merged", "open wanted"],
    ],
    ["no longer wanted and closed", [], [actual("a", { state: "closed" }), actual("b", { state: "none" })], []],
    ["someone's commits on an open pull", [desired("a")], [actual("a", { content: "foreign" })], ["foreign-commits a"]],
    ["someone's commits, no longer wanted", [], [actual("a", { content: "foreign" })], ["foreign-commits a"]],
    [
      "someone's branch of our name",
      [desired("a")],
      [actual("a", { state: "none", content: "foreign" })],
      ["foreign-commits a"],
    ],
    ["closing comes first", [desired("a"), desired("b")], [actual("b"), actual("c")], ["close c", "keep b", "open a"]],
  ])("%s", (_, wanted, present, expected) => {
    expect(told({ desired: wanted, actual: present })).toEqual(expected);
  });

  it("refuses exactly what a person closed", () => {
    const refused = new Set([refusalKey("a", [node("24.3.1-slim", "77b4")])]);
    const closed = [actual("a", { state: "closed" })];
    expect(told({ desired: [desired("a")], actual: closed, refused })).toEqual(["refused a"]);
    const newer = { branch: "a", group: group([update({ to: node("24.3.1-slim", "ee") })]) };
    expect(told({ desired: [newer], actual: closed, refused })).toEqual(["open a"]);
    expect(told({ desired: [desired("a")], actual: [actual("a")], refused })).toEqual(["keep a"]);
  });

  it("opens nothing that a person put off, and says so only of what they did not refuse", () => {
    const snoozed = new Map([["a", reason("snoozed")]]);
    const refused = new Set([refusalKey("a", [node("24.3.1-slim", "77b4")])]);
    expect(told({ desired: [desired("a"), desired("b")], snoozed })).toEqual(["open b", "snoozed a"]);
    expect(told({ desired: [desired("a")], snoozed, refused })).toEqual(["refused a"]);
    const foreign = [actual("a", { state: "closed", content: "foreign" })];
    expect(told({ desired: [desired("a")], actual: foreign, snoozed, refused })).toEqual(["refused a"]);
  });

  it("leaves alone what a person paused, and makes anew what they want anew, whatever is there", () => {
    for (const content of ["equal", "differs", "foreign"] as const) {
      const paused = [actual("a", { content, paused: true }), actual("gone", { content, paused: true })];
      expect(told({ desired: [desired("a")], actual: paused })).toEqual(["keep gone", "keep a"]);
      const asked = [actual("a", { content, rebase: true, frozen: true })];
      expect(told({ desired: [desired("a")], actual: asked })).toEqual(["refresh a"]);
    }
  });

  it("opens the most urgent first, then the one that waits longest, within the limits", () => {
    const older: DesiredPull = { branch: "z", group: group([update({ urgency: "high", firstSeen: 1 })]) };
    const wanted = [
      desired("a"),
      desired("b", "high"),
      desired("c", "known-exploited"),
      desired("d", "critical"),
      older,
    ];
    expect(told({ desired: wanted })).toEqual(["open c", "open d", "open z", "open b", "open a"]);
    expect(told({ desired: wanted, limits: { ...plenty, open: 2 } })).toEqual([
      "open c",
      "open d",
      "limit-open z",
      "limit-open b",
      "limit-open a",
    ]);
    expect(told({ desired: wanted, limits: { ...plenty, perHour: 4, openedLastHour: 3 } })).toEqual([
      "open c",
      "limit-rate d",
      "limit-rate z",
      "limit-rate b",
      "limit-rate a",
    ]);
  });

  it("counts what stays open, and not what it closes", () => {
    const limits = { ...plenty, open: 2 };
    expect(told({ desired: [desired("a"), desired("b")], actual: [actual("b"), actual("c")], limits })).toEqual([
      "close c",
      "keep b",
      "open a",
    ]);
    expect(
      told({
        desired: [desired("a"), desired("b")],
        actual: [actual("b"), actual("c", { content: "foreign" })],
        limits,
      }),
    ).toEqual(["keep b", "foreign-commits c", "limit-open a"]);
  });

  it("says something of every desired branch, and is done once its acts are done", () => {
    const branch = fc.constantFrom<string[]>("a", "b", "c", "d");
    const some = fc.record({
      desired: fc.uniqueArray(branch, { maxLength: 4 }).map((branches) => branches.map((each) => desired(each))),
      actual: fc.uniqueArray(
        fc.record({
          branch,
          state: fc.constantFrom<ActualPull["state"]>("none", "open", "merged", "closed"),
          content: fc.constantFrom<ActualPull["content"]>("equal", "differs", "foreign"),
          frozen: fc.boolean(),
          failed: fc.boolean(),
        }),
        { selector: (pull) => pull.branch },
      ),
      limits: fc.record({ open: fc.nat(4), perHour: fc.nat(4), openedLastHour: fc.nat(4) }),
    });
    fc.assert(
      fc.property(some, ({ desired, actual, limits }) => {
        const { acts, held } = diffPulls({ desired, actual, refused: new Set(), limits });
        const spoken = [...acts, ...held].map((each) => each.branch);
        expect(new Set(spoken).size).toBe(spoken.length);
        expect(desired.filter((pull) => !spoken.includes(pull.branch))).toEqual([]);

        const opened = acts.filter(({ kind }) => kind === "open").length;
        expect(opened).toBeLessThanOrEqual(Math.max(0, limits.perHour - limits.openedLastHour));
        const touched = new Set(acts.map((act) => act.branch));
        const after = actual.filter((pull) => !touched.has(pull.branch));
        for (const act of acts) {
          const before = actual.find((pull) => pull.branch === act.branch);
          if (act.kind === "close") after.push({ ...before!, state: "closed" });
          else if (act.kind === "keep") after.push(before!);
          else after.push({ branch: act.branch, state: "open", content: "equal", frozen: false, failed: false });
        }
        const next = diffPulls({ desired, actual: after, refused: new Set(), limits: { ...limits, perHour: 0 } });
        expect(next.acts.filter(({ kind }) => kind !== "keep")).toEqual([]);
      }),
    );
  });
});

describe("a pull that nobody can decide about now", () => {
  it("stays, and counts as open", () => {
    const undecided = new Set(["a"]);
    const limits = { ...plenty, open: 1 };
    expect(told({ desired: [desired("b")], actual: [actual("a")], undecided, limits })).toEqual([
      "keep a",
      "limit-open b",
    ]);
  });
});

describe("isOutdated", () => {
  const proposed = group([update({ to: node("24.3.1", "a") })]);

  it.each<[string, boolean, ReturnType<typeof node>]>([
    ["the same digest of the same tag", false, node("24.3.1", "a")],
    ["another digest of the same tag", true, node("24.3.1", "b")],
    ["another tag", false, node("24.3.2", "b")],
  ])("%s: %s", (_, outdated, to) => {
    expect(isOutdated(proposed, group([update({ to })]))).toBe(outdated);
  });

  const seen = {
    image: { registry: "docker.io", repository: "library/node" },
    tag: "24.3.1",
    firstSeen: 1,
    lastSeen: 2,
  };

  it.each([
    ["that still names its digest", false, { ...seen, digest: digest("a") }],
    ["that was seen to name another", true, { ...seen, digest: digest("b") }],
    ["that was missing once", false, { ...seen, digest: digest("a"), goneSince: 2 }],
    ["that is gone", true, { ...seen, digest: digest("a"), goneSince: 1 }],
    ["of another name", false, { ...seen, digest: digest("b"), tag: "24.3.2" }],
  ])("beside another tag, a tag %s: %s", (_, outdated, observation) => {
    expect(isOutdated(proposed, group([update({ to: node("24.3.2", "c") })]), [observation])).toBe(outdated);
  });
});
