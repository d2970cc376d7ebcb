import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskTemplate } from "../../src/manager/syntax/yaml/mask.ts";

const shown = (text: string) => maskTemplate(text).masked.replaceAll("\uE000", "~");

describe("what a template's actions leave of a line", () => {
  test.each([
    ["a value", "a: {{ .b }}", "a: ~~~~~~~~"],
    ["a part of a value", 'a: "{{ .b }}:{{ .c }}"', 'a: "~~~~~~~~:~~~~~~~~"'],
    ["control on a line of its own", "{{- if .b }}\na: 1\n{{- end }}", "            \na: 1\n          "],
    ["output on a line of its own", "a:\n  {{- toYaml .b | nindent 2 }}", "a:\n                              "],
    ["control before a line's text", "{{ if .b }}a: 1{{ end }}", "           a: 1         "],
    ["control within a value", "a: {{ if .b }}x{{ else }}y{{ end }}", "a: ~~~~~~~~~~~x~~~~~~~~~~y         "],
    [
      "a value that goes on below",
      "a: {{- toYaml .b | nindent 2 }}\n  c: 1",
      "a:                             \n  c: 1",
    ],
    [
      "a value that goes on below on a condition",
      "a: {{ if .b }}{{ toYaml .b | nindent 2 }}{{ end }}\n  - c",
      "a:                                                \n  - c",
    ],
    ["an item", "- {{ .b }}", "- ~~~~~~~~"],
    ["a key", "{{ .b }}: 1", "~~~~~~~~: 1"],
    ["braces in a string", 'a: {{ "}}" }}b', "a: ~~~~~~~~~~b"],
    ["braces in a raw string", "a: {{ `}}` }}b", "a: ~~~~~~~~~~b"],
    ["braces in a comment", "{{/* }} */}}", "            "],
    ["several lines", "a: {{ list\n  1 }}", "a: ~~~~~~~\n      "],
    ["control first in a block", "a: |\n  {{ if .b }}\n  c\n  {{ end }}\n", "a: |\n  ~~~~~~~~~~~\n  c\n           \n"],
    ["control first in a block, at its margin", "a: |\n{{ if .b }}\n  c\n", "a: |\n           \n  c\n"],
    ["an assignment", "{{ $a := 1 }}b: 2", "             b: 2"],
  ])("%s", (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test.each([
    ["an action", "a: {{ b", 3],
    ["a string", "a: {{ `b }}", 3],
    ["a comment", "{{/* a }}", 0],
  ])("%s that is not closed is said to be", (_, text, at) => {
    expect(maskTemplate(text).unclosed).toBe(at);
  });
});

const PIECES = [
  "{{",
  "}}",
  "{{-",
  "-}}",
  "{{/*",
  "*/}}",
  '"',
  "`",
  "'",
  "\\",
  "\n",
  "\r\n",
  " ",
  "if",
  "end",
  "$a :=",
  "nindent 2",
  ": ",
  "- ",
  "x",
  "\uD83D",
  "\u2028",
];

test("any text stays as long as it is, with all its line ends, and with what stands outside of actions or nothing", () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(""));
  const check = (written: string): void => {
    const { masked } = maskTemplate(written);
    expect(masked).toHaveLength(written.length);
    for (let at = 0; at < written.length; at += 1) {
      const is = masked[at] ?? "";
      if (is !== written[at]) expect([" ", "\uE000"]).toContain(is);
      expect(is === "\n").toBe(written[at] === "\n");
    }
  };
  fc.assert(fc.property(text, check), { numRuns: 500, seed: 7 });
});

test.each([
  ["many actions on a line", "{{ if a }}x{{ end }}".repeat(12_000)],
  ["many lines of actions", "a: {{ .b }}\n".repeat(20_000)],
  ["actions within strings that are not closed", '{{ "'.repeat(60_000)],
  ["one action with everything in it", `{{ ${" ".repeat(240_000)}}}`],
  ["openings only", "{{".repeat(120_000)],
  ["comments that are not closed", "{{/*".repeat(60_000)],
])("takes time in proportion to the text: %s", (_, text) => {
  const time = (what: string) => {
    const start = performance.now();
    maskTemplate(what);
    return performance.now() - start;
  };
  time(text);
  expect(time(text)).toBeLessThan(500);
});
