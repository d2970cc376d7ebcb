import { describe, expect, it } from "vitest";
import { parseReference } from "../../src/core/reference.ts";
import type { Change, Edit, FileSet, TagSource } from "../../src/core/use/use.ts";
import { proveEdits } from "../../src/flow/propose/prove-edits.ts";
import { joinExtracted } from "../../src/flow/read/extract.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import type { Manager } from "../../src/manager/manager.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const FILES: FileSet = new Map([
  ["Dockerfile", "FROM node:22 AS build\r\nRUN true\r\nFROM alpine:3.20\r\nCOPY --from=build /a /a\r\n"],
  ["other/Dockerfile", "FROM node:22\n"],
]);

function changes(files: FileSet, path: string, to: string): readonly Change[] {
  const reference = parseReference(to)!;
  return dockerfile
    .extract(files)
    .uses.filter((use) => use.path === path && use.reference?.repository === reference.repository)
    .map((use) => ({ use, to: reference }));
}

/** The Dockerfile manager with other edits than its own. */
function editing(edit: (edits: readonly Edit[]) => readonly Edit[]): Manager {
  return {
    ...dockerfile,
    edit: (files, wanted) => {
      const edits = dockerfile.edit(files, wanted);
      return "state" in edits ? edits : edit(edits);
    },
  };
}

describe("proveEdits", () => {
  const wanted = changes(FILES, "Dockerfile", `node:22@${DIGEST}`);

  it("gives the new text of the files that change, and nothing else of them changed", () => {
    const proved = proveEdits(dockerfile, FILES, wanted);
    expect(proved).toMatchObject({
      state: "proved",
      edits: [{ path: "Dockerfile", start: 5, end: 12, expect: "node:22" }],
    });
    expect(proved.state === "proved" && [...proved.files]).toEqual([
      ["Dockerfile", FILES.get("Dockerfile")!.replace("node:22", `node:22@${DIGEST}`)],
    ]);
  });

  describe("of a digest alone", () => {
    const [before, after] = ["b", "c"].map((digit) => `sha256:${digit.repeat(64)}`);
    const files = new Map([["Dockerfile", `# 22-alpine\nFROM node@${before}\n`]]);
    const followed = (tagBy: TagSource, tag: string) => {
      const { uses } = joinExtracted([dockerfile], files, [dockerfile.extract(files)]);
      return uses.map((use): Change => {
        const reference = { ...use.reference!, tag };
        return { use: { ...use, reference, tagBy }, to: parseReference(`node:24-alpine@${after}`)! };
      });
    };

    it("changes the tag in the comment that it was found in", () => {
      const proved = proveEdits(dockerfile, files, followed("comment", "22-alpine"));
      expect(proved.state === "proved" && proved.files.get("Dockerfile")).toBe(`# 24-alpine\nFROM node@${after}\n`);
    });

    it("leaves a comment alone that it was not found in", () => {
      const proved = proveEdits(dockerfile, files, followed("registry", "24-alpine"));
      expect(proved.state === "proved" && proved.files.get("Dockerfile")).toBe(`# 22-alpine\nFROM node@${after}\n`);
    });

    it("is held when the comment is not the one that was read, or would not read as meant", () => {
      const held = (detail: string) => ({ state: "held", reason: { code: "edit-not-proved", detail } });
      expect(proveEdits(dockerfile, files, followed("comment", "20-alpine"))).toEqual(
        held("Dockerfile: the edits do not fit the file"),
      );
      const lengthening = editing((edits) => [
        ...edits,
        { path: "Dockerfile", start: 1, end: 1, expect: "", text: " x" },
      ]);
      expect(proveEdits(lengthening, files, followed("comment", "22-alpine"))).toEqual(
        held("Dockerfile:2 would name no tag"),
      );
    });
  });

  it.each([
    [true, 1],
    [false, 101],
  ])("reads again what may read differently (isolated: %s): %i files", (isolated, count) => {
    const read: number[] = [];
    const counting: Manager = {
      ...dockerfile,
      isolated,
      extract: (files) => {
        read.push(files.size);
        return dockerfile.extract(files);
      },
    };
    const others = Array.from({ length: 100 }, (_, at) => [`${at}/Dockerfile`, "FROM node:22\n"] as const);
    const files = new Map([["Dockerfile", FILES.get("Dockerfile")!], ...others]);
    expect(proveEdits(counting, files, wanted)).toMatchObject({ state: "proved" });
    expect(read).toEqual([count, count]);
  });

  it("changes nothing when there is nothing to change", () => {
    expect(proveEdits(dockerfile, FILES, [])).toEqual({ state: "proved", edits: [], files: new Map() });
  });

  it.each<[title: string, manager: Manager, detail: string]>([
    [
      "a text that is not the one expected",
      editing((edits) => edits.map((edit) => ({ ...edit, expect: "x" }))),
      "Dockerfile: the edits do not fit the file",
    ],
    [
      "another reference than the one meant",
      editing((edits) => edits.map((edit) => ({ ...edit, text: "node:23" }))),
      "Dockerfile:1 would read node:23",
    ],
    [
      "another image as well",
      editing((edits) => [...edits, { path: "Dockerfile", start: 45, end: 49, expect: "3.20", text: "3.21" }]),
      "Dockerfile:3 would read alpine:3.21",
    ],
    [
      "another file as well",
      editing((edits) => [
        ...edits,
        { path: "other/Dockerfile", start: 5, end: 12, expect: "node:22", text: "node:23" },
      ]),
      "other/Dockerfile:1 would read node:23",
    ],
    [
      "a use less",
      editing((edits) => [...edits, { path: "Dockerfile", start: 33, end: 37, expect: "FROM", text: "#ROM" }]),
      "1 images would be used where 2 are",
    ],
    ["no edit at all", editing(() => []), "Dockerfile:1 would read node:22"],
  ])("is held when the files would read back with %s", (_, manager, detail) => {
    expect(proveEdits(manager, FILES, wanted)).toEqual({ state: "held", reason: { code: "edit-not-proved", detail } });
  });

  it("is held when a change is of a file that is not there", () => {
    const elsewhere = changes(new Map([["gone/Dockerfile", "FROM node:22\n"]]), "gone/Dockerfile", "node:23");
    expect(
      proveEdits(
        editing(() => []),
        FILES,
        elsewhere,
      ),
    ).toMatchObject({ state: "held" });
  });

  it("passes on why the manager cannot edit", () => {
    const files: FileSet = new Map([["Dockerfile", "ARG TAG=22\nFROM node:$TAG\n"]]);
    const held = proveEdits(dockerfile, files, changes(files, "Dockerfile", `node:23@sha256:${"a".repeat(64)}`));
    expect(held).toMatchObject({ state: "held" });
  });
});
