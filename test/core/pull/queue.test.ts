import { describe, expect, it } from "vitest";
import { enqueued, noticeQueue, type QueueRecord, queueState } from "../../../src/core/pull/queue.ts";

const head = "a".repeat(40);
const base = "b".repeat(40);
const moved = "c".repeat(40);
const sight = { head, base };
const queued: QueueRecord = { head, tries: 1 };
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
    ["that is new may go in", left("MANUAL"), { head: moved }, "none"],
  ])("%s", (_, record, more, expected) => {
    expect(queueState(record, { ...sight, ...more }).state).toBe(expected);
  });

  it("is counted each time that we put it in", () => {
    expect(enqueued(left("CI_FAILURE", 2), head)).toEqual({ head, tries: 3 });
    expect(enqueued(left("CI_FAILURE", 2), moved)).toEqual({ head: moved, tries: 1 });
  });
});
