import { expect, it } from "vitest";
import { nextInLine } from "../../../src/core/pull/next-in-line.ts";
import type { PullRecord } from "../../../src/core/pull/pull.ts";
import { reason } from "../../../src/core/reason.ts";
import { group, update } from "../samples.ts";

const base = "b".repeat(40);
const older = "a".repeat(40);
const HOUR = 3_600_000;

function pull(branch: string, more: Partial<PullRecord> = {}): PullRecord {
  const head = branch.repeat(40).slice(0, 40);
  return {
    repository: { host: "github.test", installation: 1, repository: 2 },
    ...{ branch, base: "main", title: branch, group: group([update({})]), baseSha: older, heads: [head] },
    ...{ state: "open", openedAt: 1, unmerged: { head, reasons: [reason("behind-base")] } },
    ...more,
  };
}

const urgent = group([update({ urgency: "critical" })]);
const verdict = (head: string, state: "pass" | "fail") =>
  ({ head, key: "k", verdict: { state, reasons: [] } }) as const;
const merging = { head: "d".repeat(40), from: "d".repeat(40), base, at: 0 };

it.each<[string, PullRecord[], number, string | undefined]>([
  ["nobody", [], 0, undefined],
  ["who has been open longer", [pull("e", { openedAt: 2 }), pull("f")], 0, "f"],
  ["who is more urgent", [pull("e"), pull("f", { openedAt: 2, group: urgent })], 0, "f"],
  ["nobody whose head is not the one that was looked at", [pull("e", { heads: ["c".repeat(40)] })], 0, undefined],
  [
    "nobody whom something else keeps",
    [pull("e", { unmerged: { head: "e".repeat(40), reasons: [reason("behind-base"), reason("approval-missing")] } })],
    0,
    undefined,
  ],
  ["nobody while one has caught up", [pull("e"), pull("d", { baseSha: base, caughtUpAt: 0 })], HOUR - 1, undefined],
  ["nobody while one is about to", [pull("e"), pull("d", { merging })], HOUR - 1, undefined],
  [
    "the next when its turn is over",
    [pull("e"), pull("f", { baseSha: base, caughtUpAt: 0, unmerged: undefined as never })],
    HOUR,
    "e",
  ],
  [
    "the next when it failed",
    [pull("e"), pull("f", { baseSha: base, caughtUpAt: 0, gate: verdict("f".repeat(40), "fail") })],
    1,
    "e",
  ],
  ["who it was before, when the base has moved on", [pull("e"), pull("d", { baseSha: older, caughtUpAt: 0 })], 1, "d"],
])("it is the turn of %s", (_, pulls, now, branch) => {
  expect(nextInLine(pulls, base, now)).toBe(branch);
});
