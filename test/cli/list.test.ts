import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runList } from "../../src/cli/list.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { asNobody, checkout, jsonLines, oakum } from "./checkout.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("oakum list", () => {
  it("prints every use with its stable fields, and nothing else, as JSON Lines", async () => {
    const folder = await checkout({
      Dockerfile: `ARG BASE=node:22\nFROM $BASE AS build\nFROM registry.test:5000/a/b:1@${DIGEST}\nFROM $NONE\n`,
      "test/Dockerfile": "FROM alpine\n",
      ".github/oakum.yml": 'version: 1\nignore: ["test/**"]\n',
    });
    const ran = await oakum(folder, "list", "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(ran)).toEqual([
      {
        path: "Dockerfile",
        line: 2,
        manager: "dockerfile",
        kind: "image",
        role: "stage",
        text: "$BASE",
        resolved: "node:22",
        reference: { registry: "docker.io", repository: "library/node", tag: "22", digest: null },
        comment: null,
        platform: null,
        within: null,
        state: "unknown",
        reason: "not-asked",
        message: "no registry was asked",
      },
      {
        path: "Dockerfile",
        line: 3,
        manager: "dockerfile",
        kind: "image",
        role: "stage",
        text: `registry.test:5000/a/b:1@${DIGEST}`,
        resolved: `registry.test:5000/a/b:1@${DIGEST}`,
        reference: { registry: "registry.test:5000", repository: "a/b", tag: "1", digest: DIGEST },
        comment: null,
        platform: null,
        within: null,
        state: "unknown",
        reason: "not-asked",
        message: "no registry was asked",
      },
      expect.objectContaining({
        line: 4,
        text: "$NONE",
        resolved: null,
        reference: null,
        reason: "unresolved-variable",
      }),
      expect.objectContaining({ path: "test/Dockerfile", state: "held", reason: "ignored" }),
    ]);
  });

  it("prints a table for people, with short digests and without what a terminal would obey", async () => {
    const folder = await checkout({
      Dockerfile: `FROM node:22@${DIGEST}\n`,
      "evil.Dockerfile": "FROM a\u001b[31m\u202eb\n",
    });
    const { code, stdout } = await oakum(folder, "list");
    expect(code).toBe(0);
    expect(stdout).toContain("docker.io/library/node:22@sha256:aaaaaaaaaaaa…  unknown");
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    const { stdout: json } = await oakum(folder, "list", "--json");
    expect(json).not.toMatch(/[\u001b\u202e]/);
  });

  it("says what it could not read, and goes on", async () => {
    const folder = await checkout({
      Dockerfile: "FROM node:22\n",
      "big/Dockerfile": "#".repeat(1024 * 1024 + 1),
      "latin/Dockerfile": Buffer.from([0x46, 0xff]),
    });
    const ran = await oakum(folder, "list", "--json");
    const problems =
      "big/Dockerfile:1:1: the file is larger than Oakum reads (1048577 bytes)\n" +
      "latin/Dockerfile:1:1: the file could not be read as what its name says it is (it is not UTF-8)\n";
    expect(ran).toMatchObject({ code: 2, stderr: problems });
    expect(jsonLines(ran)).toHaveLength(1);
    expect(await oakum(folder, "list")).toMatchObject({
      ...{ code: 2, stderr: `${problems}oakum: 1 use, 2 problems (above); oakum plan asks the registries\n` },
    });
  });

  it("does not take what it could not read for nothing", async () => {
    const folder = await checkout({ Dockerfile: "#".repeat(2 * 1024 * 1024), "b.Dockerfile": "# x\n  FORM node:22\n" });
    const problems =
      "Dockerfile:1:1: the file is larger than Oakum reads (2097152 bytes)\n" +
      "b.Dockerfile:2:1: the file could not be read as what its name says it is (no instruction: form)\n";
    const said = (closing: string) => ({ code: 2, stdout: "", stderr: problems + closing });
    expect(await oakum(folder, "list")).toEqual(said("oakum: 0 uses, 2 problems (above)\n"));
    expect(await oakum(folder, "list", "--json")).toEqual(said(""));
    expect(await oakum(folder, "plan")).toEqual(
      said("oakum: 0 updates, 0 not updated, 0 current, 2 problems (above)\n"),
    );
    expect(await oakum(folder, "plan", "--json")).toEqual(said(""));
    expect(await oakum(folder, "apply")).toEqual(said("oakum: nothing to write, 2 problems (above)\n"));
  });

  it("leaves out the problems of what is ignored", async () => {
    const folder = await checkout({
      "test/Dockerfile": "FORM node:22\n",
      ".github/oakum.yml": 'version: 1\nignore: ["test/**"]\n',
    });
    expect(await oakum(folder, "list", "--json")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("says of a digest alone which tag the comment beside it names", async () => {
    const folder = await checkout({ Dockerfile: `# node:22-alpine\nFROM node@${DIGEST}\nFROM node@${DIGEST}\n` });
    expect(jsonLines(await oakum(folder, "list", "--json"))).toMatchObject([
      { comment: "22-alpine", reference: { tag: null, digest: DIGEST }, state: "unknown", reason: "not-asked" },
      { comment: null, state: "unknown", reason: "not-asked" },
    ]);
  });

  it("says so when there is nothing", async () => {
    const folder = await checkout({ Dockerfile: "FROM scratch\n" });
    const nothing = { code: 0, stdout: "", stderr: "oakum: no file here uses an image\n" };
    expect(await oakum(folder, "list")).toEqual(nothing);
    expect(await oakum(folder, "plan")).toEqual(nothing);
    expect(await oakum(folder, "list", "--json")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("shows a person what the configuration ignores only when asked to", async () => {
    const folder = await checkout({
      Dockerfile: "FROM node:22\n",
      "test/Dockerfile": "FROM alpine:3\n",
      ".github/oakum.yml": 'version: 1\nignore: ["test/**"]\n',
    });
    const some = await oakum(folder, "list");
    expect(some.stdout).not.toContain("alpine");
    expect(some.stderr).toBe("oakum: 1 use, 1 more ignored (shown by --all); oakum plan asks the registries\n");
    const all = await oakum(folder, "list", "--all");
    expect(all.stdout).toContain("test/Dockerfile:1  base  docker.io/library/alpine:3  held");
    expect(all.stderr).toBe("oakum: 2 uses; oakum plan asks the registries\n");
  });

  it("says which folder it may not read, and goes on", async () => {
    const folder = await checkout({ "a/Dockerfile": "FROM node:22\n", "b/Dockerfile": "FROM node:22\n" });
    await chmod(folder, 0o755);
    await chmod(join(folder, "a"), 0);
    onTestFinished(() => chmod(join(folder, "a"), 0o755));
    const [out, err]: [string[], string[]] = [[], []];
    const said = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
    const output = { json: true, colours: false, ...said };
    expect(await asNobody(() => runList({ folder, all: false, output }, { managers: [dockerfile] }))).toBe(2);
    expect(err.join("")).toContain("(EACCES)");
    expect(jsonLines({ stdout: out.join("") })).toMatchObject([{ path: "b/Dockerfile" }]);
  });

  it("stays inside its folder, and out of other people's files", async () => {
    const outside = await checkout({ Dockerfile: "FROM outside:1\n" });
    const folder = await checkout({
      "node_modules/a/Dockerfile": "FROM module:1\n",
      ".git/Dockerfile": "FROM git:1\n",
      "src/Dockerfile": "FROM src:1\n",
    });
    await symlink(outside, join(folder, "linked"));
    await symlink(join(outside, "Dockerfile"), join(folder, "Dockerfile"));
    const ran = await oakum(folder, "list", "--json");
    const uses = jsonLines(ran) as { path: string }[];
    expect(uses.map(({ path }) => path)).toEqual(["src/Dockerfile"]);
    expect(ran).toMatchObject({ code: 0, stderr: "Dockerfile: a symbolic link, not followed\n" });
  });

  it("says which links it does not follow, once, where it would have read a file", async () => {
    const folder = await checkout({
      "real/Containerfile": "# nothing\n",
      ".github/oakum.yml": 'version: 1\nignore: ["old/**"]\n',
      "old/note": "",
    });
    for (const link of ["Dockerfile.link", "README.md", "old/Dockerfile"]) {
      await symlink(join(folder, "real/Containerfile"), join(folder, link));
    }
    const note = "Dockerfile.link: a symbolic link, not followed\n";
    expect(await oakum(folder, "list")).toEqual({ code: 0, stdout: "", stderr: `${note}oakum: 0 uses\n` });
    expect(await oakum(folder, "plan", "--json")).toEqual({ code: 0, stdout: "", stderr: note });
  });

  it("reads no configuration through a symbolic link", async () => {
    const outside = await checkout({ "oakum.yml": "version: 1\n" });
    const folder = await checkout({ Dockerfile: "FROM src:1\n" });
    await symlink(outside, join(folder, ".github"));
    expect(await oakum(folder, "list")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "oakum: .github/oakum.yml: the file could not be read as what its name says it is (it is reached through a symbolic link)\n",
    });
  });

  it("shows errors of the configuration at their line and column, and exits 2", async () => {
    const folder = await checkout({ Dockerfile: "FROM a:1\n", ".github/oakum.yml": "version: 1\nmoed: propose\n" });
    const ran = await oakum(folder, "list", "--json");
    expect(ran).toMatchObject({ code: 2, stderr: '.github/oakum.yml:2:1: unknown key "moed"; did you mean "mode"?\n' });
    expect(jsonLines(ran)).toHaveLength(1);
  });

  it.each<[title: string, args: readonly string[], stderr: string]>([
    ["a folder that is not there", ["list", "none"], "oakum: there is no folder none\n"],
    ["a file", ["list", "Dockerfile"], "oakum: "],
    ["an unknown command", ["lits"], "oakum: unknown command 'lits'\n(Did you mean list?)\n"],
    ["an unknown option", ["list", "--jsno"], "oakum: unknown option '--jsno'\n(Did you mean --json?)\n"],
    [
      "a registry that is none",
      ["plan", "--allow-registry", "http://a"],
      "oakum: option '--allow-registry <host[:port]>' argument 'http://a' is invalid. It must be a host in lower case, with a port if it has one.\n",
    ],
    [
      "a store that is not there",
      ["ledger", "verify"],
      "oakum: there is no store at .oakum: OAKUM_DATA names its folder, or DATABASE_URL a PostgreSQL\n",
    ],
  ])("exits 2 for %s", async (_, args, stderr) => {
    const ran = await oakum(await checkout({ Dockerfile: "" }), ...args);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe("");
    expect(ran.stderr.startsWith(stderr)).toBe(true);
  });
});
