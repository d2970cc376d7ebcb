import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { imageKey, parseReference } from "../../../src/core/reference.ts";
import { nextDay } from "../../../src/core/tag/end-of-life.ts";
import { FAMILIES } from "../../../src/core/tag/lifecycle.ts";

const DATA = new URL("../../../src/core/tag/lifecycle.json", import.meta.url);

const day = z.iso.date();
const line = z
  .strictObject({
    line: z.string().regex(/^\d{1,4}(\.\d{1,2})?$/),
    names: z
      .array(z.string().regex(/^[a-z]+\d*$/))
      .min(1)
      .optional(),
    released: day.optional(),
    lts: day.optional(),
    end: day.optional(),
  })
  .refine(({ released, end }) => released === undefined || end === undefined || released < end, "ends before it begins")
  .refine(({ lts, end }) => lts === undefined || end === undefined || lts < end, "ends before it is long-term");
const family = z.strictObject({
  name: z.string().min(1).max(40),
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
  images: z.array(z.string()),
  written: z.array(z.string().regex(/^[a-z]+$/)).optional(),
  lines: z.array(line).min(1),
});
const schema = z.strictObject({ origin: z.string().min(1), families: z.array(family) });

describe("nextDay", () => {
  const at = (day: string) => Date.parse(day);

  test.each([
    ["node:22-bookworm", "2024-10-28", "2024-10-29"],
    ["node:22-bookworm", "2028-06-30", "2028-07-01"],
    ["fedora:43", "2026-11-28", "2026-12-10"],
    ["app:1.2.3", "2026-11-28", undefined],
    ["node@sha256:".padEnd(76, "a"), "2049-01-01", undefined],
  ])("of %s on %s: %s", (text, today, next) => {
    const reference = parseReference(text)!;
    const time = nextDay(reference, at(today));
    expect(time === undefined ? undefined : new Date(time).toISOString().slice(0, 10)).toBe(next);
  });
});

describe("the data file of lifecycles", () => {
  test("has the form that the code reads", () => {
    expect(schema.safeParse(JSON.parse(readFileSync(DATA, "utf8"))).error).toBeUndefined();
  });

  test("names each image, codename and way of writing once, and images as they are looked up", () => {
    const images = FAMILIES.flatMap((one) => one.images);
    const names = FAMILIES.flatMap((one) => one.lines.flatMap((each) => each.names ?? []));
    const written = FAMILIES.flatMap((one) => one.written ?? []);
    for (const all of [images, names, written]) expect(new Set(all).size).toBe(all.length);
    for (const image of images) expect(imageKey(parseReference(image)!)).toBe(image);
  });

  test.each(FAMILIES.map((one) => [one.name, one] as const))("has the lines of %s once, from old to new", (_, one) => {
    const keys = one.lines.map((each) => each.line.split(".").map(Number));
    const value = ([major = 0, minor = 0]: readonly number[]) => major * 1000 + minor;
    expect(keys.map(value)).toEqual([...new Set(keys.map(value))].toSorted((a, b) => a - b));
  });
});
