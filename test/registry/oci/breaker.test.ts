import fc from "fast-check";
import { expect, test } from "vitest";
import { type Breaker, CLOSED, pauseLeft, type Settled, settle } from "../../../src/registry/oci/breaker.ts";

const RULE = { threshold: 3, pause: 10_000 };
const FAILED: Settled = { kind: "failed" };
const ANSWERED: Settled = { kind: "answered" };

const after = (events: readonly Settled[], now = 0, start: Breaker = CLOSED) =>
  events.reduce((breaker, event) => settle(breaker, event, RULE, now), start);

test("it opens at the threshold, for the pause", () => {
  expect(pauseLeft(after([FAILED, FAILED]), 0)).toBe(0);
  const open = after([FAILED, FAILED, FAILED]);
  expect([0, 9_001, 10_000].map((now) => pauseLeft(open, now))).toEqual([10, 1, 0]);
});

test("after the pause one failure opens it again, and an answer closes it", () => {
  const open = after([FAILED, FAILED, FAILED]);
  expect(pauseLeft(after([FAILED], 10_000, open), 10_000)).toBe(10);
  expect(after([ANSWERED], 10_000, open)).toEqual(CLOSED);
});

test("an answer between failures starts the count anew, but a late one ends no pause", () => {
  expect(pauseLeft(after([FAILED, FAILED, ANSWERED, FAILED, FAILED]), 0)).toBe(0);
  expect(pauseLeft(after([FAILED, FAILED, FAILED, ANSWERED]), 0)).toBe(10);
});

test("what the registry asks for is kept, and never shortened", () => {
  const limited: Settled = { kind: "limited", retryAfter: 60 };
  expect(pauseLeft(after([limited, FAILED, FAILED, FAILED, ANSWERED]), 0)).toBe(60);
});

test("a pause is never shortened before it is over", () => {
  const event = fc.oneof(
    fc.constant(FAILED),
    fc.constant(ANSWERED),
    fc.record({ kind: fc.constant("limited" as const), retryAfter: fc.nat(100) }),
  );
  fc.assert(
    fc.property(fc.array(event), event, fc.nat(5_000), (before, next, now) => {
      const breaker = after(before);
      expect(pauseLeft(settle(breaker, next, RULE, now), now)).toBeGreaterThanOrEqual(pauseLeft(breaker, now));
    }),
  );
});
