import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainJson, plainText } from "../../../src/core/text/plain-text.ts";

describe("plainText", () => {
  it.each<[string, string, string]>([
    ["line ends and tabs", " a\r\n\tb\u2028c ", "a b c"],
    ["escape sequences", "\u001b[31mred\u0007", "[31mred"],
    ["direction marks", "abc\u202etxt.exe\u2066", "abctxt.exe"],
    ["zero width characters", "a\u200bb\ufeffc\u2060d\u00ade", "abcde"],
    ["tags", "a\u{e0001}\u{e0041}\u{e007f}b", "ab"],
    ["the Arabic letter mark and the Mongolian vowel separator", "a\u061cb\u180ec", "abc"],
    ["variation selectors", "a\ufe0eb\u{e0100}c\u180bd", "abcd"],
    ["fillers and the grapheme joiner", "a\u3164b\uffa0c\u115fd\u034fe", "abcde"],
    ["blanks that only look like one", "a\u2800b\u00a0c\u3000d", "a b c d"],
    ["joined emoji, which fall apart", "👩\u200d💻 ❤\ufe0f", "👩💻 ❤"],
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
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u);
        expect(plainText(line, max)).toBe(line);
      }),
    );
  });
});

describe("plainJson", () => {
  it.each<[string, string, string]>([
    ["the escape character", "\u001b[31m", '"\\u001b[31m"'],
    ["the second set of controls", "\u007f\u009b31m", '"\\u007f\\u009b31m"'],
    ["line separators", "a\u2028b\u2029", '"a\\u2028b\\u2029"'],
    ["direction marks", "\u202e\u2066\u200f\u061c", '"\\u202e\\u2066\\u200f\\u061c"'],
    ["the Mongolian vowel separator", "\u180e", '"\\u180e"'],
    ["tags, as two units", "\u{e0041}", '"\\udb40\\udc41"'],
    ["fillers and selectors", "\u3164\ufe0f", '"\\u3164\\ufe0f"'],
    ["other scripts", "日本語 ñ 🚢", '"日本語 ñ 🚢"'],
  ])("escapes %s", (_, text, expected) => {
    expect(plainJson(text)).toBe(expected);
  });

  it("means the same, on one line that a terminal only shows", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
        const line = plainJson([value, text]);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify([value, text])));
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});
