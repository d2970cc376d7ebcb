import { expect, test } from "vitest";
import { changeClass } from "../../../src/core/tag/tag.ts";
import { seenImage, tagFixtures, tagsOf, termsOf, verdicts } from "./fixture-world.ts";

const CASES = tagFixtures().flatMap(([name, fixture]) => {
  const known = seenImage(fixture.image, tagsOf(fixture));
  return fixture.cases.map((one) => ({ name, image: fixture.image, known, ...one }));
});

test.each(CASES)("$name: $from goes to $to", ({ image, known, from, allow, to, change, refused = {} }) => {
  const found = verdicts(image, known, from, termsOf(allow));
  const candidate = found.find(({ reason }) => reason === undefined)?.tag.text;
  expect(candidate ?? null).toBe(to);
  if (to !== null) expect(changeClass(from, to)).toBe(change);
  const reasons = new Map(found.map(({ tag, reason }) => [tag.text, reason?.code]));
  expect(Object.fromEntries(Object.keys(refused).map((tag) => [tag, reasons.get(tag)]))).toEqual(refused);
});

test("every tag in use stands in its fixture", () => {
  for (const { known, from, refused = {} } of CASES) {
    expect(known.tags).toContain(from);
    for (const tag of Object.keys(refused)) expect(known.tags).toContain(tag);
  }
});
