import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ImageReference } from "../../src/core/reference.ts";
import { applyEdits } from "../../src/core/use/edit.ts";
import type { Use } from "../../src/core/use/use.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { fixtures } from "./fixture.ts";
import { mutatedFrom } from "./mutated.ts";

const PATH = "Dockerfile";
const TEXTS = fixtures("dockerfile", PATH).map(({ text }) => text);
const SEED = 20_260;
const DIGEST = `sha256:${"c0ffee00".repeat(8)}` as const;

function extract(text: string) {
  return dockerfile.extract(new Map([[PATH, text]]));
}

const mutated = mutatedFrom(TEXTS, [
  ...["$", "${", "}", '"', "'", "\\", "`", "\n", "\r\n", "<<", "EOF", "#", "=", ":-", "//", " "],
  ...["\uFEFF", "\u00A0", "\u2028", "\uD83D", "--from=", "ARG ", "FROM ", "ONBUILD "],
]);

function checkPlace(text: string, use: Use): void {
  const { span, line, reference, variables, text: written, resolved, blocked } = use;
  const at = text.slice(span.start, span.end);
  expect(line).toBe(text.slice(0, span.start).split("\n").length);
  if (blocked === undefined) expect(reference).toBeDefined();
  if (blocked === undefined && variables.length === 0) expect(at).toBe(resolved);
  // Across a line end, or with escapes or quotes inside, what is read is not what stands there.
  if (/[\\`]/.test(text) || blocked?.reason.code === "broken-reference" || /["']/.test(at)) return;
  expect(at).toBe(written);
  for (const { start, end, value } of variables) expect(text.slice(start, end)).toBe(value);
}

/** What a use must keep when another one is edited: all but where it stands. */
function meaning({ role, line, platform, reference, blocked }: Use): unknown {
  return { role, line, platform, reference, state: blocked?.state, code: blocked?.reason.code };
}

describe("mutated files", () => {
  test("are read without an exception, each use where it says it is", () => {
    const read = (text: string): void => {
      for (const use of extract(text).uses) checkPlace(text, use);
    };
    fc.assert(fc.property(mutated, read), { numRuns: 2000, seed: SEED });
  });

  test("read back, after one image was edited, with exactly that changed", () => {
    fc.assert(
      fc.property(mutated, fc.nat(), (text, choice) => {
        const { uses } = extract(text);
        const use = uses[choice % Math.max(uses.length, 1)];
        if (use?.reference === undefined) return;
        const to: ImageReference = { ...use.reference, tag: "edited", digest: DIGEST };
        const same = uses.filter(({ resolved }) => resolved === use.resolved);
        const edits = dockerfile.edit(
          new Map([[PATH, text]]),
          same.map((one) => ({ use: one, to })),
        );
        if ("state" in edits) return;
        const edited = applyEdits(text, edits);
        const after = extract(edited ?? "").uses;
        const before = uses.map((one) => meaning(same.includes(one) ? { ...one, reference: to } : one));
        expect(after.map(meaning)).toEqual(before);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });
});

test("anything at all is read without an exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 400 }), (binary, plain) => {
      extract(binary);
      extract(`FROM ${plain}`);
      extract(`ARG A=${plain}\nFROM $A\nRUN --mount=${binary} <<${plain}`);
    }),
    { numRuns: 1000, seed: SEED },
  );
});

const LIMIT = 1024 * 1024;

/** A file as large as may be, of one pattern that would be costly for a careless reader. */
function filled(head: string, unit: string, tail = ""): string {
  return head + unit.repeat(Math.floor((LIMIT - head.length - tail.length) / unit.length)) + tail;
}

describe("a file that is made to be costly", () => {
  test("is refused over the limit, and read at it", () => {
    const full = filled("FROM alpine:3.19\n", "# 🐳\n");
    expect(extract(full).uses).toHaveLength(1);
    const { uses, problems } = extract("FROM alpine:3.19\n".padEnd(LIMIT + 1, "#"));
    expect(uses).toEqual([]);
    expect(problems).toMatchObject([{ path: PATH, line: 1, column: 1, reason: { code: "too-large" } }]);
    expect(extract("x".repeat(2_000_000)).problems).toMatchObject([{ reason: { code: "too-large" } }]);
  });

  test.each([
    ["a hundred thousand ARGs", `${"ARG A=b\n".repeat(100_000)}FROM alpine:3.19\n`],
    ["ARGs that double", `ARG A=xxxxxxxx\n${"ARG A=$A$A\n".repeat(60_000)}FROM alpine:3.19\n`],
    [
      "a chain of ARGs",
      `${Array.from({ length: 40_000 }, (_, i) => `ARG A${i + 1}=$A${i}\n`).join("")}FROM alpine:3.19`,
    ],
    ["one ARG of many words", filled("ARG ", "a ", "\nFROM alpine:3.19\n")],
    ["one ARG of many variables", filled("ARG A=\nARG B=", "$A", "\nFROM alpine:3.19\n")],
    ["a long name", filled("ARG A=${", "a", "}\nFROM alpine:3.19\n")],
    ["deep expansions", filled("ARG A=", "${A:-", "\nFROM alpine:3.19\n")],
    [
      "patterns",
      filled(`ARG V=${"a".repeat(1000)} P=*${"a".repeat(500)}b\n`, `ARG X=\${V//$P/$V}\n`, "FROM alpine:3.19\n"),
    ],
    ["blanks behind a directive", filled("# check =", " ", "x\nFROM alpine:3.19\n")],
    ["blanks behind a here-document", filled("FROM alpine:3.19\nRUN <<", " ", "<\n")],
    ["many here-documents", filled("FROM alpine:3.19\nRUN ", "<<A ", "\nA\n")],
    ["here-documents without end", filled("FROM alpine:3.19\n", "RUN <<A\n")],
    ["continuations", filled("FROM alpine:3.19\nRUN ", "a\\\n")],
    ["comments in a continuation", filled("FROM alpine:3.19\nRUN \\\n", "#\n")],
    ["flags", filled("FROM alpine:3.19\nCOPY ", "--from=0 ")],
    ["one long flag", filled("FROM alpine:3.19\nRUN --mount=", "a,", "\n")],
    ["quotes in a mount", filled("FROM alpine:3.19\nRUN --mount='", '"', "'\n")],
    ["brackets", filled("FROM alpine:3.19\nRUN ", "[", "<<A\n")],
    ["ONBUILD in ONBUILD", filled("FROM alpine:3.19\n", "ONBUILD ")],
  ])("%s", (_, text) => {
    expect(text.length).toBeLessThanOrEqual(LIMIT);
    expect(extract(text).uses.map(({ resolved }) => resolved)).toEqual(["alpine:3.19"]);
  });

  test("many stages, each on the one before", () => {
    const stages = Array.from({ length: 30_000 }, (_, i) => `FROM s${i} AS s${i + 1}\n`).join("");
    expect(extract(`FROM alpine:3.19 AS s0\n${stages}`).uses).toMatchObject([
      { role: "base", resolved: "alpine:3.19" },
    ]);
  });

  test("many platforms' stages", () => {
    const stages = filled("FROM alpine:3.19 AS s-amd64\n", "FROM s-$TARGETARCH AS s-arm64\n");
    expect(extract(stages).uses).toMatchObject([{ role: "base", resolved: "alpine:3.19" }]);
  });

  test("many images through one ARG, with much to say about each", () => {
    const head = `ARG V=1${"0".repeat(9)} W=\${V+${"x".repeat(100_000)}}\nARG X=\${W:+1}\n`;
    const { uses, problems } = extract(filled(head, "FROM a:$X\nFROM b:$X\n"));
    expect(new Set(uses.map(({ blocked }) => blocked?.reason.code))).toEqual(new Set(["invalid-reference"]));
    expect(uses).toHaveLength(1000);
    expect(problems).toMatchObject([{ line: 1002, reason: { code: "too-large" } }]);
    expect(JSON.stringify(uses).length).toBeLessThan(10 * LIMIT);
  });

  test("many stages on many images", () => {
    const { uses } = extract(filled("ARG V=1\n", "FROM a:$V\nFROM b:$V\n"));
    expect(new Set(uses.map(({ pieces }) => pieces?.length))).toEqual(new Set([2]));
  });

  test("many lines that are no instruction", () => {
    const { problems } = extract(filled("FROM alpine:3.19\n", "FROM a b\nNONE\n"));
    expect(problems).toHaveLength(10);
  });
});
