import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every test that docs/bad-days.md names is there", () => {
  const rows = readFileSync(new URL("../docs/bad-days.md", import.meta.url), "utf8").split("\n");
  const cells = rows
    .filter((row) => row.startsWith("|"))
    .slice(2)
    .map((row) => row.split("|").at(-2) ?? "");
  const named = cells.map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.test.ts`));
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((names) => names.length === 0)).toEqual([]);
  expect(named.flat().filter((name) => !existsSync(new URL(name, import.meta.url)))).toEqual([]);
});
