import { describe, expect, it } from "vitest";
import {
  enqueued,
  noticeQueue,
  type QueueRecord,
  queueState,
  reasonsToLeave,
  takenOut,
} from "../../../src/core/pull/queue.ts";
import { type ReasonCode, reason } from "../../../src/core/reason.ts";

const head = "a".repeat(40);
const base = "b".repeat(40);
const moved = "c".repeat(40);
const sight = { head, base };
const queued: QueueRecord = { head, tries: 1, ours: true };
const left = (cause: string, tries = 1): QueueRecord => ({ head, tries, left: { cause, base } });

describe("a look at the queue", () => {
  it.each<[string, QueueRecord | undefined, object, QueueRecord | undefined]>([
    ["finds nothing of a head that was never in there", undefined, {}, undefined],
    ["finds what a person put in", undefined, { position: 1 }, { head, tries: 0 }],
    ["finds what we put in", queued, { position: 2 }, queued],
    ["finds that it left", queued, { left: "CI_FAILURE" }, left("CI_FAILURE")],
    [
      "keeps why it left, and where the base stood",
      left("CI_FAILURE"),
      { base: moved, left: "MANUAL" },
      left("CI_FAILURE"),
    ],
    ["finds that a person put it in again", left("MANUAL"), { position: 1 }, { head, tries: 1 }],
    ["leaves alone what we took out", takenOut(queued), { left: "MANUAL" }, takenOut(queued)],
    ["finds that a person put in what we took out", takenOut(queued), { position: 1 }, { head, tries: 1, taken: 1 }],
    ["knows another head from it", { ...queued, head: moved }, { left: "MANUAL" }, { ...queued, head: moved }],
  ])("%s", (_, record, more, expected) => {
    expect(noticeQueue(record, { ...sight, ...more })).toEqual(expected);
  });
});

describe("a head", () => {
  it.each<[string, QueueRecord | undefined, object, string]>([
    ["that was never in there may go in", undefined, {}, "none"],
    ["that is in there waits", queued, { position: 1 }, "queued"],
    ["that failed waits for the base to move", left("CI_FAILURE"), {}, "left"],
    ["that failed may go in again when the base has moved", left("CI_FAILURE"), { base: moved }, "none"],
    ["that failed three times does not", left("CI_FAILURE", 3), { base: moved }, "left"],
    ["that a person took out does not", left("MANUAL"), { base: moved }, "left"],
    ["that we took out may go in at once", takenOut(queued), {}, "none"],
    ["that we took out three times has not failed", { ...left("CI_FAILURE", 4), taken: 3 }, { base: moved }, "none"],
    ["that failed three times beside does not", { ...left("CI_FAILURE", 6), taken: 3 }, { base: moved }, "left"],
    ["that is new may go in", left("MANUAL"), { head: moved }, "none"],
  ])("%s", (_, record, more, expected) => {
    expect(queueState(record, { ...sight, ...more }).state).toBe(expected);
  });

  it("is counted each time that we put it in", () => {
    expect(enqueued(left("CI_FAILURE", 2), head)).toEqual({ head, tries: 3, ours: true });
    expect(enqueued(left("CI_FAILURE", 2), moved)).toEqual({ head: moved, tries: 1, ours: true });
    expect(enqueued(takenOut(queued), head)).toEqual({ head, tries: 2, taken: 1, ours: true });
  });
});

it.each<[string, QueueRecord | undefined, readonly ReasonCode[], readonly ReasonCode[]]>([
  ["its window closed", queued, ["outside-window", "queued"], ["outside-window"]],
  ["Oakum is paused", queued, ["paused"], ["paused"]],
  ["its digest was quarantined", queued, ["quarantined", "queued"], ["quarantined"]],
  ["an approval was taken back", queued, ["approval-missing", "queued"], ["approval-missing"]],
  ["GitHub sees to it", queued, ["queued", "checks-missing", "behind-base", "conflict", "review-required"], []],
  ["nobody knows yet", queued, ["queued", "mergeable-unknown", "registry-unavailable"], []],
  ["a person put it in", { head, tries: 1 }, ["outside-window", "queued"], []],
  ["it is out already", takenOut(queued), ["outside-window"], []],
  ["another head is in there", { ...queued, head: moved }, ["outside-window"], []],
  ["nothing is", undefined, ["outside-window"], []],
])("a head leaves its queue, or does not, when %s", (_, record, codes, expected) => {
  const reasons = codes.map((code) => reason(code));
  expect(reasonsToLeave(record, head, reasons)).toEqual(expected.map((code) => reason(code)));
});
