import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseReference } from "../../src/core/reference.ts";
import { applyEdits } from "../../src/core/use/edit.ts";
import type { Change } from "../../src/core/use/use.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { type Fixture, fixtures, problemSummary, summary } from "./fixture.ts";

const PATH = "app/Dockerfile";

interface PlannedChange {
  readonly use: number;
  readonly to: string;
}

function extract(text: string) {
  return dockerfile.extract(new Map([[PATH, text]]));
}

function plannedChanges(fixture: Fixture): readonly Change[] {
  const { uses } = extract(fixture.text);
  return (fixture.json("changes.json") as readonly PlannedChange[]).map(({ use, to }) => ({
    use: uses[use]!,
    to: parseReference(to)!,
  }));
}

const CASES = fixtures("dockerfile", "Dockerfile");

test.each(CASES)("$name is read as written down", (fixture) => {
  const { uses, problems } = extract(fixture.text);
  expect(uses.map(summary)).toEqual(fixture.json("uses.json"));
  expect(problems.map(problemSummary)).toEqual(fixture.json("problems.json") ?? []);
});

/** `buildkit.json`: what BuildKit 0.34.2 itself names for the file, where it builds and leaves no variable unset. */
test.each(CASES.filter(({ read }) => read("buildkit.json")))("$name is read as BuildKit reads it", (fixture) => {
  expect(extract(fixture.text).uses.map(({ resolved }) => resolved)).toEqual(fixture.json("buildkit.json"));
});

test.each(CASES.filter(({ read }) => read("held.json")))("$name is held, not edited", (fixture) => {
  const held = dockerfile.edit(new Map([[PATH, fixture.text]]), plannedChanges(fixture));
  expect(held).toEqual({ state: "held", reason: fixture.json("held.json") });
});

test.each(CASES.filter(({ read }) => read("Dockerfile.out")))(
  "$name is edited, and reads back as intended",
  (fixture) => {
    const changes = plannedChanges(fixture);
    const edits = dockerfile.edit(new Map([[PATH, fixture.text]]), changes);
    const edited = "state" in edits ? undefined : applyEdits(fixture.text, edits);
    expect(edited).toBe(fixture.read("Dockerfile.out"));
    const intended = extract(fixture.text).uses.map(
      ({ span, reference }) => changes.find(({ use }) => use.span.start === span.start)?.to ?? reference,
    );
    expect(extract(edited ?? "").uses.map(({ reference }) => reference)).toEqual(intended);
  },
);

test("generated files are read as BuildKit reads them", () => {
  const file = new URL("../fixtures/manager/dockerfile-generated.json", import.meta.url);
  const cases: readonly { text: string; images: unknown }[] = JSON.parse(readFileSync(file, "utf8"));
  for (const { text, images } of cases) {
    const found = extract(text).uses.map(({ role, resolved }) => [role === "base" ? "stage" : role, resolved ?? null]);
    expect(found, text).toEqual(images);
  }
});

test.each([
  ["Dockerfile", true],
  [".dockerfile", true],
  ["a/b/dockerfile", true],
  ["Dockerfile.prod", true],
  ["Dockerfile-alpine", true],
  ["app.Dockerfile", true],
  ["CONTAINERFILE", true],
  ["web.containerfile", true],
  ["Containerfile.dev", true],
  ["Dockerfile.dockerignore", false],
  ["app.Dockerfile.DockerIgnore", false],
  [".dockerignore", false],
  ["dockerfile/readme.txt", false],
  ["MyDockerfile", false],
  ["Dockerfile.go", true],
  ["dockerfile.dev", true],
  ["Dockerfile.md", false],
  ["src/dockerfile.ts", false],
  ["dockerfile-hostile.test.ts", false],
  ["dockerfile-generated.json", false],
  ["docker-compose.yml", false],
  [".github/workflows/dockerfile.yml", false],
  ["tests/DockerfileReader.java", false],
  ["DockerfileHelper.cs", false],
  ["dockerfileDefault.groovy", false],
  ["Dockerfile.template", true],
  ["Dockerfile.j2", true],
  ["Dockerfile-app.py", true],
])("%s matches: %s", (path, matches) => {
  expect(dockerfile.matches(path)).toBe(matches);
});

describe("an edit is held", () => {
  const text = "ARG BASE=node:22\nFROM $BASE AS a\nFROM alpine:3.19\n";
  const files = new Map([[PATH, text]]);
  const [node, alpine] = extract(text).uses;
  const other = parseReference("docker.io/library/busybox:1")!;

  test("when it would change the name", () => {
    expect(dockerfile.edit(files, [{ use: alpine!, to: other }])).toMatchObject({
      state: "held",
      reason: { code: "edit-not-proved" },
    });
  });

  test("when the file is another one by now", () => {
    const moved = new Map([[PATH, `# new\n${text}`]]);
    const to = parseReference("node:24")!;
    expect(dockerfile.edit(moved, [{ use: node!, to }])).toMatchObject({ reason: { code: "edit-not-proved" } });
    expect(dockerfile.edit(new Map(), [{ use: node!, to }])).toMatchObject({ reason: { code: "edit-not-proved" } });
  });

  test("but not when it changes nothing", () => {
    expect(dockerfile.edit(files, [{ use: alpine!, to: parseReference("alpine:3.19")! }])).toEqual([]);
    expect(dockerfile.edit(files, [])).toEqual([]);
  });
});

test("several files are read and edited together", () => {
  const files = new Map([
    ["a/Dockerfile", "FROM alpine:3.19\n"],
    ["b/Dockerfile", "FROM alpine:3.19\n"],
    ["c/Dockerfile", "\0"],
  ]);
  const { uses, problems } = dockerfile.extract(files);
  expect(uses.map(({ path }) => path)).toEqual(["a/Dockerfile", "b/Dockerfile"]);
  expect(problems.map(({ path }) => path)).toEqual(["c/Dockerfile"]);
  const edits = dockerfile.edit(
    files,
    uses.map((use) => ({ use, to: parseReference("alpine:3.20")! })),
  );
  expect(edits).toEqual(
    ["a/Dockerfile", "b/Dockerfile"].map((path) => ({
      path,
      start: 5,
      end: 16,
      expect: "alpine:3.19",
      text: "alpine:3.20",
    })),
  );
});
