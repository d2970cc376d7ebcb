import { describe, expect, test } from "vitest";
import { formatReference } from "../../src/core/reference.ts";
import { KINDS } from "../../src/core/use/kind.ts";
import type { Change, Problem, Use } from "../../src/core/use/use.ts";
import { proveEdits } from "../../src/flow/propose/prove-edits.ts";
import { extractEach } from "../../src/flow/read/extract.ts";
import { CASES } from "./cases.ts";

const OTHER = { tag: "9.9.9", digest: `sha256:${"9f".repeat(32)}` } as const;

/** The role is written down where it is not that of most. */
function lineFor({ line, role, reference, platform, carries, blocked }: Use): string {
  const why = blocked && `${blocked.state} ${blocked.reason.code} ${blocked.reason.detail ?? ""}`.trim();
  return [
    line,
    role !== "workload" && role,
    reference && formatReference(reference),
    platform,
    carries && "tag only",
    why,
  ]
    .filter((part) => part !== undefined && part !== false)
    .join(" ");
}

function problemLine({ line, column, reason }: Problem): string {
  return `${line}:${column} ${reason.code} ${reason.detail ?? ""}`.trim();
}

/** Every use that can be changed is moved to another tag, and to another digest where it can have one. */
function changesOf(uses: readonly Use[]): readonly Change[] {
  return uses.flatMap((use) => {
    const { reference, blocked, carries } = use;
    if (reference === undefined || blocked !== undefined) return [];
    const { registry, repository, tag } = reference;
    const isInFields = use.text !== use.resolved || use.span.end - use.span.start !== use.text.length;
    const next = use.pieces ? tag?.replace(/\d+/g, (number) => `${Number(number) + 1}`) : OTHER.tag;
    const tagged = next !== undefined && (tag !== undefined || !isInFields) ? { tag: next } : {};
    return [{ use, to: { registry, repository, ...tagged, ...(carries !== "tag" && { digest: OTHER.digest }) } }];
  });
}

describe.each(CASES)("$name", ({ manager, path, files, expected, problems: unread, edited }) => {
  const { uses, problems } = manager.extract(files);

  test("is read as written down", () => {
    expect(manager.matches(path)).toBe(true);
    expect(problems.map((problem) => `${problemLine(problem)}\n`).join("")).toBe(unread);
    expect(uses.map((use) => `${lineFor(use)}\n`).join("")).toBe(expected);
  });

  test("is read so one file after the other too, as every command reads a repository", () => {
    expect([...extractEach([manager], files)].flatMap((each) => each.uses)).toEqual(uses);
  });

  test("is edited, and reads back as intended with nothing else changed", () => {
    const changes = changesOf(uses);
    const proved = proveEdits(manager, files, changes);
    expect(proved).toMatchObject({ state: "proved" });
    const changed = "files" in proved ? [...proved.files].toSorted(([a], [b]) => (a < b ? -1 : 1)) : [];
    if (edited !== undefined) expect(changed.map(([, text]) => text).join("")).toBe(edited);
    const written = "edits" in proved ? proved.edits : [];
    expect(written.length > 0).toBe(changes.length > 0);
    const grown = changed.map(([name, text]) => text.length - (files.get(name) ?? "").length);
    expect(grown.reduce((sum, one) => sum + one, 0)).toBe(
      written.reduce((sum, edit) => sum + edit.text.length - edit.expect.length, 0),
    );
  });
});

test("every kind of file can be named in a rule, and has fixtures", () => {
  const kinds = new Set(["dockerfile", ...CASES.map(({ manager }) => manager.kind)]);
  expect([...kinds].toSorted()).toEqual(KINDS.toSorted());
});
