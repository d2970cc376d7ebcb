import fc from "fast-check";
import { expect, test } from "vitest";
import { backoff } from "../../../src/registry/oci/backoff.ts";

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
