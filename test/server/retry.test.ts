import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { afterError } from "../../src/server/retry.ts";

const NOW = 1_000_000;

test.each([
  ["told when", new AppError("UNAVAILABLE", "x", { retryAfter: 7 }), 0, { kind: "unavailable", wait: 7_000 }],
  ["told never", new AppError("UNAVAILABLE", "x", { retryAfter: 1e9 }), 0, { kind: "unavailable", wait: 3_600_000 }],
  ["not told", new AppError("UNAVAILABLE", "x"), 3, { kind: "unavailable", wait: 8_000 }],
  ["a conflict", new AppError("CONFLICT", "x"), 4, { kind: "conflict", wait: 0 }],
  ["one conflict too many", new AppError("CONFLICT", "x"), 5, { kind: "conflict", wait: 32_000 }],
  ["bad input", new AppError("INPUT", "x"), 0, { kind: "refused", wait: undefined }],
  ["a refusal", new AppError("DENIED", "x"), 0, { kind: "refused", wait: undefined }],
  ["a bug", new TypeError("x"), 1, { kind: "bug", wait: 2_000 }],
  ["a bug that stays", new TypeError("x"), 5, { kind: "bug", wait: undefined }],
  ["no error at all", "x", 0, { kind: "bug", wait: 1_000 }],
])("%s", (_, error, failures, { kind, wait }) => {
  const end = wait === undefined ? { state: "finished" } : { state: "again", at: NOW + wait, failures: failures + 1 };
  expect(afterError(error, failures, NOW, 0)).toEqual({ kind, end });
});

test("an outage is waited out for a quarter of an hour at most, however long it lasts", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const { end } = afterError(new AppError("UNAVAILABLE", "x"), failures, NOW, random);
      expect(end).toMatchObject({ state: "again", failures: failures + 1 });
      const wait = end.state === "again" ? end.at - NOW : Number.NaN;
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(900_000);
    }),
  );
});
