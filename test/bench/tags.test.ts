import { expect, test } from "vitest";
import { tagsTable } from "../../bench/table.ts";
import { generateTags, measureTags } from "../../bench/tags.ts";
import { parseTag } from "../../src/core/tag/tag.ts";

test("every use of a release is offered newer ones, however many tags there are", () => {
  const [few, many] = [measureTags(1_000, 1), measureTags(5_000, 1)];
  for (const { uses, steps } of [few, many]) expect(steps).toBeGreaterThan(2 * uses);
  const table = tagsTable([few, many]);
  expect(table).toContain("| tags of one image | 1000 | 5000 |");
  expect(new Set(table.match(/^\|.*$/gm)?.map((row) => row.split("|").length))).toEqual(new Set([5]));
});

test("the tags are the same every time, all different, and of many kinds", () => {
  const tags = generateTags(2_000);
  expect(tags).toEqual(generateTags(2_000));
  expect(new Set(tags).size).toBe(2_000);
  expect(new Set(tags.map((tag) => parseTag(tag).track)).size).toBeGreaterThan(100);
});
