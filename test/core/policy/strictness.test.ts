import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ordered, OrderedKey, Policy } from "../../../src/core/policy/policy.ts";
import { stricter, strictestOf } from "../../../src/core/policy/strictness.ts";
import type { Window } from "../../../src/core/policy/window.ts";
import { policy } from "../samples.ts";

const WINDOWS: fc.Arbitrary<readonly Window[]> = fc.subarray<Window>([
  { allow: [{ firstDay: 0, lastDay: 4, from: 360, to: 1080, zone: "UTC" }] },
  { deny: [{ first: "2026-12-20", last: "2027-01-03", zone: "UTC" }] },
  { allow: [] },
]);
const VALUES: { readonly [K in OrderedKey]: fc.Arbitrary<Ordered[K]> } = {
  allow: fc.subarray(["pin", "digest", "patch", "minor", "major", "os"] as const),
  minAge: fc.nat(10),
  merge: fc.constantFrom("auto", "approval", "never"),
  signature: fc.constantFrom("require", "prefer", "ignore"),
  "gate.failOn": fc.constantFrom("critical", "high", "medium", "low", "negligible"),
  "windows.propose": WINDOWS,
  "windows.merge": WINDOWS,
  "windows.deploy": WINDOWS,
};

describe.each(Object.keys(VALUES) as OrderedKey[])("the stricter %s", (key) => {
  const values = fc.array(VALUES[key] as fc.Arbitrary<Ordered[typeof key]>, { minLength: 3, maxLength: 3 });
  /** The elements of lists in any order. */
  const told = (value: unknown) => (Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value);

  it("is the same in any order and however often it is said", () => {
    fc.assert(
      fc.property(values, ([a, b, c]) => {
        expect(told(stricter(key, a!, b!))).toEqual(told(stricter(key, b!, a!)));
        expect(told(stricter(key, a!, a!))).toEqual(told(a));
        const left = stricter(key, stricter(key, a!, b!), c!);
        expect(told(left)).toEqual(told(stricter(key, a!, stricter(key, b!, c!))));
        expect(stricter(key, left, b!)).toEqual(left);
      }),
    );
  });
});

describe("strictestOf", () => {
  it("is for each key the strictest of all, whoever says it", () => {
    const more: Partial<Policy>[] = [
      { merge: "auto", signature: "ignore", gate: { failOn: "low" }, reviewers: ["@a", "@b"] },
      { merge: "never", signature: "prefer", gate: { failOn: "critical" }, reviewers: ["@b", "@c"] },
    ];
    const strictest = { merge: "never", signature: "prefer", gate: { failOn: "low" }, reviewers: ["@a", "@b", "@c"] };
    expect(strictestOf(more.map((one) => ({ ...policy, ...one })))).toMatchObject(strictest);
  });

  it("is open only when all windows are, each once", () => {
    const [office, freeze]: readonly Window[] = [{ allow: [] }, { deny: [] }];
    const windows = (merge: readonly Window[]) => ({ ...policy, windows: { propose: [], merge, deploy: [] } });
    expect(strictestOf([windows([office!]), windows([freeze!, office!])]).windows.merge).toEqual([office, freeze]);
  });
});
