import fc from "fast-check";
import { expect, test } from "vitest";
import { backoff, parseRetryAfter } from "../../../src/registry/oci/retry.ts";

const NOW = Date.UTC(2026, 0, 1);

test.each<[string | string[] | undefined, number | undefined]>([
  [undefined, undefined],
  ["", undefined],
  ["soon", undefined],
  ["-5", 1],
  ["0", 1],
  [" 30 ", 30],
  [["7", "9"], 7],
  ["999999999", 3_600],
  ["Thu, 01 Jan 2026 00:02:00 GMT", 120],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 1],
])("Retry-After %j", (header, seconds) => {
  expect(parseRetryAfter(header, NOW)).toBe(seconds);
});

test("pauses grow up to five seconds, at least half of each fixed", () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const full = Math.min(250 * 2 ** attempt, 5_000);
      const pause = backoff(attempt, random);
      expect(pause).toBeGreaterThanOrEqual(full / 2);
      expect(pause).toBeLessThanOrEqual(full);
    }),
  );
});
