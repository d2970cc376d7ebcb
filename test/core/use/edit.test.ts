import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../src/core/use/edit.ts";
import type { Edit } from "../../../src/core/use/use.ts";

function edit(start: number, expected: string, text: string): Edit {
  return { path: "Dockerfile", start, end: start + expected.length, expect: expected, text };
}

describe("applyEdits", () => {
  const from = "FROM node:22 AS a\r\nFROM 🐳/x:1\r\n";

  test.each([
    ["nothing to do", [], from],
    ["one edit", [edit(10, "22", "24")], "FROM node:24 AS a\r\nFROM 🐳/x:1\r\n"],
    ["offsets in UTF-16 units", [edit(29, "1", "22")], "FROM node:22 AS a\r\nFROM 🐳/x:22\r\n"],
    ["any order", [edit(29, "1", "2"), edit(10, "22", "")], "FROM node: AS a\r\nFROM 🐳/x:2\r\n"],
    ["neighbours", [edit(10, "2", "3"), edit(11, "2", "4")], "FROM node:34 AS a\r\nFROM 🐳/x:1\r\n"],
    ["an insertion", [edit(12, "", "@d")], "FROM node:22@d AS a\r\nFROM 🐳/x:1\r\n"],
    ["both ends", [edit(0, "", "# x\n"), edit(32, "", "#")], `# x\n${from}#`],
  ])("%s", (_, edits, text) => {
    expect(applyEdits(from, edits)).toBe(text);
  });

  test.each([
    ["another text stands there", [edit(10, "20", "24")]],
    ["one of two does not fit", [edit(10, "22", "24"), edit(29, "2", "3")]],
    ["the span is past the end", [edit(31, "\nx", "")]],
    ["the span is before the start", [edit(-2, "", "x")]],
    ["the span ends before it starts", [{ ...edit(10, "", "x"), end: 9 }]],
    ["spans overlap", [edit(10, "22", "24"), edit(11, "2", "4")]],
    ["spans start together", [edit(10, "22", "24"), edit(10, "", "v")]],
    ["an insertion stands where a span starts", [edit(10, "", "v"), edit(10, "22", "24")]],
    ["the same edit twice", [edit(10, "22", "24"), edit(10, "22", "24")]],
  ])("makes no edit at all when %s", (_, edits) => {
    expect(applyEdits(from, edits)).toBeUndefined();
  });

  test("touches only its spans", () => {
    // Kept and replaced pieces by turns; the separator keeps neighbouring edits from starting together.
    const pieces = fc.array(
      fc.record({ kept: fc.string({ minLength: 1, unit: "binary" }), old: fc.string(), text: fc.string() }),
    );
    fc.assert(
      fc.property(pieces, fc.string(), (spans, tail) => {
        const edits: Edit[] = [];
        let before = "";
        for (const { kept, old, text } of spans) {
          edits.push(edit(before.length + kept.length, old, text));
          before += kept + old;
        }
        const after = spans.map(({ kept, text }) => kept + text).join("") + tail;
        expect(applyEdits(before + tail, edits.toReversed())).toBe(after);
      }),
    );
  });
});
