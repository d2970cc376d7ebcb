import fc from "fast-check";
import { expect, test } from "vitest";
import { createLru } from "../../src/core/lru.ts";

test("it forgets what was used longest ago, first by cost, then by number", () => {
  const lru = createLru<string, number>({ entries: 3, cost: 10 });
  lru.set("a", 1, 4);
  lru.set("b", 2, 4);
  expect(lru.get("a")).toBe(1);
  lru.set("c", 3, 4);
  expect(["a", "b", "c"].map(lru.get)).toEqual([1, undefined, 3]);
  lru.set("d", 4, 0);
  lru.set("e", 5, 0);
  expect(["a", "c", "d", "e"].map(lru.get)).toEqual([undefined, 3, 4, 5]);
});

test("what costs more than all may cost is not kept, and drives nothing out but its own old value", () => {
  const lru = createLru<string, number>({ entries: 3, cost: 10 });
  lru.set("a", 1, 10);
  lru.set("b", 2, 11);
  expect(["a", "b"].map(lru.get)).toEqual([1, undefined]);
  lru.set("a", 3, 11);
  expect(lru.get("a")).toBeUndefined();
});

test("it never holds more than it may, and always the newest", () => {
  const uses = fc.array(fc.record({ key: fc.nat(9), cost: fc.nat(6) }), { maxLength: 60 });
  fc.assert(
    fc.property(uses, (sets) => {
      const lru = createLru<number, number>({ entries: 4, cost: 12 });
      const costs = new Map<number, number>();
      for (const { key, cost } of sets) {
        lru.set(key, cost, cost);
        costs.set(key, cost);
        expect(lru.get(key)).toBe(cost);
        const kept = [...costs.keys()].filter((known) => lru.get(known) !== undefined);
        expect(kept.length).toBeLessThanOrEqual(4);
        expect(kept.reduce((sum, known) => sum + (costs.get(known) ?? 0), 0)).toBeLessThanOrEqual(12);
      }
    }),
  );
});
