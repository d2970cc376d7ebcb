import { expect, test } from "vitest";
import { measureExtract } from "../../bench/extract.ts";
import { extractTable } from "../../bench/table.ts";
import { generateTree } from "../../bench/tree.ts";

test("every use that the generator wrote is found, and no other", async () => {
  const figures = await measureExtract(64, 1);
  expect(figures).toMatchObject({ files: 64, uses: figures.written });
  expect(figures.written).toBeGreaterThan(150);
  const table = extractTable([figures, { ...figures, files: 128 }]);
  expect(table).toContain("| files, half of them Dockerfiles | 64 | 128 |");
  expect(new Set(table.match(/^\|.*$/gm)?.map((row) => row.split("|").length))).toEqual(new Set([5]));
});

test("the tree is the same every time, and half of it Dockerfiles", () => {
  expect(generateTree(40)).toEqual(generateTree(40));
  expect(generateTree(40).filter(({ path }) => path.endsWith("/Dockerfile"))).toHaveLength(20);
  expect(new Set(generateTree(40).map(({ path }) => path)).size).toBe(40);
});
