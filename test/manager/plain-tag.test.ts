import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { applyEdits } from "../../src/core/use/edit.ts";
import { helm } from "../../src/manager/helm/helm.ts";

const TEXT = "image:\n  repository: acme/app\n  tag: old\n";
const TRICKY = [
  "1.30",
  "1.3",
  "7",
  "007",
  "0x1f",
  "0o7",
  "0b1",
  "1e5",
  "12345e6",
  "1_000",
  "1.",
  "2024-01-01",
  "yes",
  "No",
  "off",
  "y",
  "null",
  "true",
  "1.2.3",
  "v1.30",
  "1.30-alpine",
  "_",
  "2024.01",
  "20240101",
];

/** The file once its one tag is another. */
function written(tag: string): string {
  const files = new Map([["values.yaml", TEXT]]);
  const [use] = helm.extract(files).uses;
  if (use?.reference === undefined) throw new Error("no use");
  const { registry, repository } = use.reference;
  const edits = helm.edit(files, [{ use, to: { registry, repository, tag } }]);
  return "state" in edits ? edits.reason.code : (applyEdits(TEXT, edits) ?? "");
}

test("a tag is the same text to readers of YAML 1.1 and 1.2, whatever it looks like", () => {
  const tag = fc.oneof(
    fc.constantFrom(...TRICKY),
    fc.stringMatching(/^[0-9A-Za-z_][0-9A-Za-z_.-]{0,10}$/),
    fc.stringMatching(/^[0-9][0-9_.e-]{0,8}$/),
  );
  fc.assert(
    fc.property(tag, (to) => {
      const text = written(to);
      for (const version of ["1.1", "1.2"] as const) expect(parse(text, { version }).image.tag).toBe(to);
    }),
    { numRuns: 1_000, seed: 11 },
  );
});

test("quotes are added only where they are needed", () => {
  expect(written("1.2.3")).toBe(TEXT.replace("old", "1.2.3"));
  expect(written("v1.30")).toBe(TEXT.replace("old", "v1.30"));
  expect(written("1.30")).toBe(TEXT.replace("old", '"1.30"'));
});
