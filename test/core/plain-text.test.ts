import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "../../src/core/plain-text.ts";

describe("plainText", () => {
  it.each<[string, string, string]>([
    ["line ends and tabs", " a\r\n\tb\u2028c ", "a b c"],
    ["escape sequences", "\u001b[31mred\u0007", "[31mred"],
    ["direction marks", "abc\u202etxt.exe\u2066", "abctxt.exe"],
    ["zero width characters and tags", "a\u200bb\ufeffc\u{e0041}", "abc"],
    ["lone surrogates", "a\ud800b", "ab"],
    ["other scripts", "日本語 ñ 🚢", "日本語 ñ 🚢"],
    ["a long text", "x".repeat(60), `${"x".repeat(39)}…`],
  ])("%s", (_, text, expected) => {
    expect(plainText(text, 40)).toBe(expected);
  });

  it("is one bounded, well-formed line, and changes nothing twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const line = plainText(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(plainText(line, max)).toBe(line);
      }),
    );
  });
});
