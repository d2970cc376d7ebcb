import { expect, test } from "vitest";
import { watchClock } from "../../src/server/clock.ts";

const HOUR = 3_600_000;

test("tells by how much a clock was set back, once; not that it goes on, is corrected a little, or set forward", () => {
  const clock = { now: 100 * HOUR, passed: 0 };
  const told: number[] = [];
  const look = watchClock({ now: () => clock.now, passed: () => clock.passed }, (by) => void told.push(by));
  const after = (passed: number, set: number) => {
    clock.passed += passed;
    clock.now += passed + set;
    look();
    return told.splice(0);
  };
  expect(after(5_000, 0)).toEqual([]);
  expect(after(5_000, -3_000)).toEqual([]);
  expect(after(5_000, 48 * HOUR)).toEqual([]);
  expect(after(5_000, -48 * HOUR)).toEqual([48 * HOUR]);
  expect(after(5_000, 0)).toEqual([]);
  // The machine slept: both went on, or neither did.
  expect(after(9 * HOUR, 0)).toEqual([]);
  expect(after(0, 9 * HOUR)).toEqual([]);
});
