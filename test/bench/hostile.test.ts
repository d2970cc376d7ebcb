import { expect, test } from "vitest";
import { HOSTILE, measureHostile } from "../../bench/hostile.ts";
import { hostileTable } from "../../bench/table.ts";

test("every file that is made to be costly is read, or refused with a reason, and the table has a line for it", async () => {
  const figures = await measureHostile(HOSTILE, 1);
  const table = hostileTable(figures);
  for (const { what } of HOSTILE) expect(table).toContain(`| ${what} | `);
  expect(new Set(table.match(/^\|.*$/gm)?.map((row) => row.split("|").length))).toEqual(new Set([7]));
});
