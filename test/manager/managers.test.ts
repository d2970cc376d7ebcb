import { describe, expect, test } from "vitest";
import { formatReference } from "../../src/core/reference.ts";
import type { Change, Use } from "../../src/core/use.ts";
import { proveEdits } from "../../src/flow/prove-edits.ts";
import { CASES } from "./cases.ts";

const OTHER = { tag: "9.9.9", digest: `sha256:${"9f".repeat(32)}` } as const;

function lineFor({ line, reference, platform, blocked }: Use): string {
  const why = blocked && `${blocked.state} ${blocked.reason.code} ${blocked.reason.detail ?? ""}`.trim();
  return [line, reference && formatReference(reference), platform, why].filter((part) => part !== undefined).join(" ");
}

describe.each(CASES)("$name", ({ manager, path, text, expected }) => {
  const files = new Map([[path, text]]);
  const { uses, problems } = manager.extract(files);

  test("is read as written down", () => {
    expect(manager.matches(path)).toBe(true);
    expect(problems).toEqual([]);
    expect(uses.map((use) => `${lineFor(use)}\n`).join("")).toBe(expected);
  });

  test("says where each use stands", () => {
    const exact = uses.filter(({ blocked }) => blocked?.reason.code !== "broken-reference");
    expect(exact.map(({ span }) => text.slice(span.start, span.end))).toEqual(exact.map((use) => use.text));
  });

  test("is edited in these places only, and reads back as intended", () => {
    const changes = uses.flatMap((use): readonly Change[] =>
      use.reference === undefined || use.blocked !== undefined
        ? []
        : [{ use, to: { registry: use.reference.registry, repository: use.reference.repository, ...OTHER } }],
    );
    const proved = proveEdits(manager, files, changes);
    expect(proved).toMatchObject({ state: "proved" });
    const edited = "files" in proved ? (proved.files.get(path) ?? text) : "";
    const places = new Set(changes.map(({ use }) => use.variables.at(-1)?.start ?? use.span.start));
    expect(edited.split(`:9.9.9@${OTHER.digest}`)).toHaveLength(places.size + 1);
  });
});
