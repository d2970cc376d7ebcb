import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../src/core/edit.ts";
import type { Use } from "../../src/core/use.ts";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { CASES, type Case } from "./cases.ts";
import { mutatedFrom } from "./mutated.ts";

const SEED = 20_261;
const OTHER = { tag: "edited", digest: `sha256:${"c0ffee00".repeat(8)}` } as const;
const PIECES = [
  ...[
    ": ",
    "- ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "---\n",
    "...\n",
    "#",
    " #",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
  ],
  ...[
    '"',
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    "?",
    "%",
    "@",
    "$",
    "${",
    ":-",
    "\uFEFF",
    "\u2028",
    "\uD83D",
    "image: x:1\n",
  ],
];

function checkPlaces(text: string, uses: readonly Use[]): void {
  // Of a reference in several fields, it is the name that stands there.
  for (const { span, line, blocked, text: written } of uses) {
    expect(line).toBe(text.slice(0, span.start).split("\n").length);
    if (blocked === undefined) expect(written).toContain(text.slice(span.start, span.end));
  }
}

/** Edits one use; what is read then is what was read before, but for that use. */
function checkEdit({ manager, path }: Case, text: string, use: Use, uses: readonly Use[]): void {
  if (use.reference === undefined) return;
  const { registry, repository } = use.reference;
  const to = { registry, repository, ...OTHER };
  const edits = manager.edit(new Map([[path, text]]), [{ use, to }]);
  if ("state" in edits) return;
  const now = manager.extract(new Map([[path, applyEdits(text, edits) ?? ""]])).uses;
  expect(now.map(({ reference }) => reference)).toEqual(uses.map((one) => (one === use ? to : one.reference)));
}

describe.each(CASES)("mutated: $name", (one) => {
  test("no exception, each use where it says it is, and an edit changes its own place only", () => {
    const check = (text: string, choice: number): void => {
      const { uses } = one.manager.extract(new Map([[one.path, text]]));
      checkPlaces(text, uses);
      const use = uses[choice % Math.max(uses.length, 1)];
      if (use !== undefined) checkEdit(one, text, use, uses);
    };
    fc.assert(fc.property(mutatedFrom([one.text], PIECES), fc.nat(), check), { numRuns: 40, seed: SEED });
  });
});

describe("a file that is made to be costly", () => {
  const extract = (text: string) =>
    kubernetes.extract(new Map([["a.yaml", `apiVersion: v1\nkind: Pod\nimage: x\n${text}`]]));
  const reasonsOf = (text: string) => extract(text).problems.map(({ reason }) => reason.code);

  test.each([
    ["nested in brackets", `a: ${"[".repeat(100_000)}`],
    ["nested in lists", `a:\n  ${"- ".repeat(50_000)}x`],
    ["nested by indentation", Array.from({ length: 600 }, (_, i) => `${" ".repeat(i + 1)}a:`).join("\n")],
  ])("%s, is refused", (_, text) => {
    expect(reasonsOf(`spec:\n  containers: []\n${text}`)).toEqual(["not-parsed"]);
  });

  test("larger than is read, is refused without being read", () => {
    expect(reasonsOf(`spec: ${"x".repeat(300_000)}`)).toEqual(["too-large"]);
  });

  test("with one list under thousands of aliases, gives so many uses and no more", () => {
    const list = Array.from({ length: 3000 }, (_, i) => `  - image: a/b${i}:1`).join("\n");
    const many = Array.from({ length: 2000 }, (_, i) => `k${i}: {containers: *c}`).join("\n");
    const { uses, problems } = extract(`containers: &c\n${list}\n${many}`);
    expect(uses).toHaveLength(3000);
    expect(problems.map(({ reason }) => reason.code)).toEqual(["too-many-images"]);
  });

  test("with merges of merges, is read once each", () => {
    const merges = Array.from(
      { length: 500 },
      (_, i) => `m${i}: &m${i}\n  <<: [${i === 0 ? "" : `*m${i - 1}, *m${i - 1}`}]`,
    );
    const { uses } = extract(`${merges.join("\n")}\nspec:\n  containers:\n  - <<: *m499\n  - image: nginx:1\n`);
    expect(uses.map(({ reference }) => reference?.tag)).toEqual(["1"]);
  });
});
