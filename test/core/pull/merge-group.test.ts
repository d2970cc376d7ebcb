import { describe, expect, it } from "vitest";
import { judgeGroup, parseGroup, pullsOfGroup, type QueuedPull } from "../../../src/core/pull/merge-group.ts";
import { reason } from "../../../src/core/reason.ts";

const [main, one, two, head] = ["a", "b", "c", "d"].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const first = `gh-readonly-queue/release/1.x/pr-7-${main}`;
const second = `gh-readonly-queue/release/1.x/pr-9-${one}`;

it.each([
  [first, { base: "release/1.x", number: 7, parent: main }],
  ["gh-readonly-queue/main/pr-7-abc", undefined],
  [`gh-readonly-queue/pr-7-${main}`, undefined],
  [`feature/pr-7-${main}`, undefined],
  [`gh-readonly-queue/main/pr-99999999999-${main}`, undefined],
])("%s is read as %o", (branch, expected) => {
  expect(parseGroup(branch)).toEqual(expected);
});

describe("a group", () => {
  const heads = new Map([
    [first, one],
    [second, two],
  ]);

  it("has its own pull and those before it", () => {
    expect(pullsOfGroup(second, heads).map(({ number, head: at }) => [number, at])).toEqual([
      [9, two],
      [7, one],
    ]);
    expect(pullsOfGroup(first, heads).map(({ number }) => number)).toEqual([7]);
  });

  it("that is gone has none, and one that names itself ends", () => {
    expect(pullsOfGroup(first, new Map())).toEqual([]);
    expect(pullsOfGroup(first, new Map([[first, main]]))).toHaveLength(1);
  });
});

describe("judgeGroup", () => {
  const good: QueuedPull = {
    head,
    verdict: { head, verdict: { state: "pass", reasons: [] } },
    ...{ headRecorded: true, diffEqual: true, tag: "same", refusals: [], leaving: [] },
  };

  it.each<[string, readonly Partial<QueuedPull>[], string, readonly string[]]>([
    ["none of ours", [], "none", []],
    ["ours as it was judged", [{}], "pass", []],
    ["a verdict on another head", [{ verdict: { ...good.verdict!, head: one } }], "fail", ["verdict-missing"]],
    ["no verdict", [{ verdict: undefined }], "fail", ["verdict-missing"]],
    ["a failed one", [{ verdict: { head, verdict: { state: "fail", reasons: [] } } }], "fail", ["verdict-missing"]],
    ["a head that is not ours", [{ headRecorded: false }], "fail", ["head-not-ours"]],
    ["other edits", [{ diffEqual: false }], "fail", ["head-differs"]],
    ["a tag that moved", [{ tag: "moved" }], "fail", ["tag-moved"]],
    ["a silent registry", [{ tag: "unknown" }], "wait", ["registry-unavailable"]],
    ["a quarantined digest", [{ refusals: [reason("quarantined")] }], "fail", ["quarantined"]],
    ["ours that is about to be taken out", [{ leaving: [reason("paused")] }], "wait", ["paused"]],
    [
      "one that leaves and a bad one",
      [{ leaving: [reason("paused")] }, { diffEqual: false }],
      "fail",
      ["head-differs"],
    ],
    ["one good and one bad", [{}, { diffEqual: false }], "fail", ["head-differs"]],
    ["one bad and one unknown", [{ tag: "unknown" }, { diffEqual: false }], "fail", ["head-differs"]],
  ])("%s", (_, pulls, state, codes) => {
    const judged = judgeGroup(pulls.map((more) => ({ ...good, ...more })));
    expect([judged.state, judged.reasons.map(({ code }) => code)]).toEqual([state, codes]);
  });
});
