import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every row of docs/threats.md names a test, and every test that it names is there", () => {
  const rows = readFileSync(new URL("../docs/threats.md", import.meta.url), "utf8")
    .split("\n")
    .filter((row) => row.startsWith("| "))
    .slice(1)
    .map((row) => [...(row.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.test.ts`));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((names) => names.length === 0)).toEqual([]);
  expect(rows.flat().filter((name) => !existsSync(new URL(name, import.meta.url)))).toEqual([]);
});
