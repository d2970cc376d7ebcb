import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code, escapeText, hiddenJson, link, table, takeWithin } from "../../../src/core/text/markdown.ts";

const zero = "&#8203;";

describe("escapeText", () => {
  it.each<[string, string]>([
    ["a plain sentence, with (parentheses) - and: colons", "a plain sentence, with (parentheses) - and: colons"],
    ["*a* _b_ `c` ~d~ [e](f)", "&#42;a&#42; &#95;b&#95; &#96;c&#96; &#126;d&#126; &#91;e&#93;(f)"],
    ["<b> & &lt;", "&#60;b&#62; &#38; &#38;lt;"],
    ["a | b \\| c", "a &#124; b &#92;&#124; c"],
    ["@acme/all and a@b.c", `@${zero}acme/all and a@${zero}b.c`],
    ["fixes #1, GH-2", `fixes &#35;${zero}1, G${zero}H-2`],
    ["http://a.example www.b.example", `http:${zero}//a.example w${zero}ww.b.example`],
    ["$x$ ![y] {z} ^", "&#36;x&#36; &#33;&#91;y&#93; &#123;z&#125; &#94;"],
  ])("%s", (text, expected) => {
    expect(escapeText(text, 100)).toBe(expected);
  });
});

describe("code", () => {
  it.each<[string, string]>([
    ["@acme/x <b> *y* #1", "`@acme/x <b> *y* #1`"],
    ["a|b", "<code>a&#124;b</code>"],
    ["`", "<code>&#96;</code>"],
    ["\\@x https://a.b", `<code>&#92;&#64;${zero}x https&#58;//a&#46;b</code>`],
    [" \n\u200b", ""],
  ])("%j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("stays in one cell of one row", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(code(text)).toMatch(/^(?:`[^`|\\\n]+`|<code>[^`|\\<>\n]+<\/code>|)$/);
      }),
    );
  });
});

describe("link", () => {
  it.each<[string, string]>([
    ["https://osv.dev/vulnerability/CVE-1?a=b#c_d", "[x](https://osv.dev/vulnerability/CVE-1?a=b#c_d)"],
    ["http://127.0.0.1:8080/a b", "[x](http://127.0.0.1:8080/a%20b)"],
    [
      "https://a.example/)[y](javascript:alert)|`<>\\",
      "[x](https://a.example/%29%5By%5D%28javascript:alert%29%7C%60%3C%3E/)",
    ],
    ["javascript:alert(1)", "x"],
    ["data:text/html,x", "x"],
    ["https://user:secret@a.example/", "x"],
    ["/relative", "x"],
    [`https://a.example/${"x".repeat(500)}`, "x"],
  ])("%s", (url, expected) => {
    expect(link("x", url, 10)).toBe(expected);
  });

  it("escapes its text", () => {
    expect(link("](evil) @x", "https://a.example", 20)).toBe(`[&#93;(evil) @${zero}x](https://a.example/)`);
  });
});

describe("table", () => {
  it("aligns as asked", () => {
    expect(table(["a", "b:"], [["1", "2"]])).toBe("| a | b |\n| --- | ---: |\n| 1 | 2 |");
  });
});

describe("takeWithin", () => {
  it("takes what count and budget allow", () => {
    expect(takeWithin(["a", "b", "c"], 2, 1000)).toEqual(["a", "b"]);
    expect(takeWithin(["x".repeat(50), "y".repeat(50)], 9, 100)).toEqual(["x".repeat(50)]);
    expect(takeWithin([["x".repeat(50), "y".repeat(50)]], 9, 100)).toEqual([]);
    expect(takeWithin([], 9, 0)).toEqual([]);
  });
});

describe("hiddenJson", () => {
  it("holds any value, and ends only where it ends", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("-->", "--", "--!>", "<!--", "\u202e"), (value, word) => {
        const whole = { value, word };
        const comment = hiddenJson("oakum", whole);
        const inner = comment.slice("<!-- oakum:".length, -" -->".length);
        expect(inner).toMatch(/^[ -~]*$/);
        expect(inner).not.toMatch(/--|[<>]/);
        expect(JSON.parse(inner)).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });
});
