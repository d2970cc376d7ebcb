import fc from "fast-check";
import { expect, it } from "vitest";
import { unifiedDiff } from "../../../src/core/text/unified-diff.ts";
import { applied } from "../../config/others/applied.ts";

it("what is a diff of ours, git applies: lines removed anywhere, or one part replaced", () => {
  const line = fc.constantFrom("a\n", "b\n", "c\n", "\n", "  d\n");
  const lines = fc.array(line, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(lines, fc.array(fc.boolean()), fc.array(line, { maxLength: 2 }), (before, keep, added) => {
      const kept = before.filter((_, at) => keep[at] ?? true);
      const text = before.join("");
      for (const after of [
        kept.join(""),
        [...kept.slice(0, 2), ...added, ...kept.slice(2)].join("").replace(/\n$/, ""),
      ]) {
        if (after === text) continue;
        expect(applied("x/y", text, unifiedDiff("x/y", text, after)) ?? "").toBe(after);
      }
    }),
    { numRuns: 25 },
  );
});
