import { expect, it } from "vitest";
import { pace } from "../../../src/core/write/pace.ts";

it.each<[number, number]>([
  [0, 5],
  [49, 5],
  [600, 60],
  [3000, 300],
  [86_400, 300],
])("after %d s, looks again in %d s", (age, wait) => {
  expect(pace(age * 1000, 5_000, 300_000)).toBe(wait * 1000);
});
