import fc from "fast-check";
import { expect, test } from "vitest";
import { directoryMatching, matchesGlob } from "../../../src/core/text/glob.ts";

test.each([
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["**", "22-alpine", true],
  ["22*", "22-alpine", true],
  ["22*", "122", false],
  ["22*", "22", true],
  ["?2", "22", true],
  ["?", "", false],
  ["*-alpine", "22-alpine3.19", false],
  ["*-alpine*", "22-alpine3.19", true],
  ["*a*b*c", "xxaxxbxxabc", true],
  ["2.*", "2x1", false],
  ["[0-9]", "5", false],
  ["22", "22 ", false],
])("pattern %j on %j: %j", (pattern, text, matches) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

test("agrees with the same pattern as a regular expression", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(matchesGlob(pattern, text)).toBe(expression.test(text));
    }),
  );
});

test("a pattern made to be slow is not", () => {
  expect(matchesGlob(`${"*a".repeat(1_000)}b`, "a".repeat(10_000))).toBe(false);
});

test.each([
  ["services/*", "services/pay/Dockerfile", "services/pay"],
  ["services/*", "services/pay/api/Dockerfile", "services/pay"],
  ["services/*/", "services/pay/Dockerfile", "services/pay"],
  ["*", "pay/Dockerfile", "pay"],
  ["apps/*/prod", "apps/a/prod/x/Dockerfile", "apps/a/prod"],
  ["services/*", "services/Dockerfile", undefined],
  ["services/*", "Dockerfile", undefined],
  ["services/*", "other/pay/Dockerfile", undefined],
  ["", "a/Dockerfile", undefined],
])("the directory that %s names of %s is %s", (pattern, path, directory) => {
  expect(directoryMatching(pattern, path)).toBe(directory);
});
