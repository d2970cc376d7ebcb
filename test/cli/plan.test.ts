import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage } from "../../sandbox/registry/image.ts";
import { layer } from "../../sandbox/registry/layer.ts";
import { type RunningRegistry, startRegistry } from "../../sandbox/registry/server.ts";
import type { Digest } from "../../src/core/reference.ts";
import { scriptedRegistry, serveIndex, serveJson, serveStatus } from "../registry/scripted-registry.ts";
import { checkout, jsonLines, oakum } from "./checkout.ts";

let registry: RunningRegistry;
let state: string;
let host: string;
let old: Digest;
let patched: Digest;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "oakum-registry-"));
  registry = await startRegistry({ state });
  host = new URL(registry.url).host;
  const image = async (tags: string[], version: string) =>
    pushImage(registry.url, "base/app", tags, { layers: [await layer({ "etc/version": version })] });
  old = await image(["1.2.3"], "1.2.3");
  await image(["2.0.0"], "2.0.0");
  patched = await image(["1.2.4"], "1.2.4");
});

afterAll(async () => {
  await registry.close();
  await rm(state, { recursive: true, force: true });
});

const NOTE = "oakum: minAge is left out: only the App's store knows when a candidate was first seen\n";

/** A checkout whose files name the test's registry `HOST`. */
function using(files: Readonly<Record<string, string>>): Promise<string> {
  return checkout(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll("HOST", host)])),
  );
}

describe("oakum plan", () => {
  it("says what would change and what not, with the edits, and exits 1", async () => {
    const folder = await using({
      Dockerfile: `FROM HOST/base/app:1.2.3@${old}\n`,
      "api/Dockerfile": "ARG TAG=1.2.3\nFROM HOST/base/app:$TAG\n",
      "arg/Dockerfile": "ARG BASE=HOST/base/app:1.2.3\nFROM $BASE AS a\nFROM $BASE\n",
      "gone/Dockerfile": "FROM HOST/base/app:0.9.9\n",
      "private/Dockerfile": "FROM localhost:1/a/b:1\nFROM 169.254.169.254/a/b:1\n",
    });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host);
    expect(ran).toMatchObject({
      code: 3,
      stderr: `${NOTE}oakum: this is not the whole answer: 169.254.169.254, localhost:1 could not be asked\n`,
    });
    const from = `${host}/base/app:1.2.3`;
    const to = `${host}/base/app:1.2.4@${patched}`;
    const message = "policy does not allow this class of change (2.0.0 (major))";
    const tags = {
      ...{ current: "1.2.3", candidate: "1.2.4", total: 2 },
      refused: [{ reason: "change-not-allowed", message, count: 1, tags: ["2.0.0"] }],
    };
    const argument = { path: "arg/Dockerfile", start: 9, end: 9 + from.length, expect: from, text: to };
    expect(jsonLines(ran)).toEqual([
      {
        path: "Dockerfile",
        line: 1,
        from: `${from}@${old}`,
        to,
        change: "patch",
        reason: null,
        edits: [
          { path: "Dockerfile", start: 5, end: 5 + from.length + old.length + 1, expect: `${from}@${old}`, text: to },
        ],
        tags,
      },
      {
        path: "api/Dockerfile",
        line: 2,
        ...{ from, to: `${host}/base/app:1.2.4`, change: "patch", reason: null },
        edits: [{ path: "api/Dockerfile", start: 8, end: 13, expect: "1.2.3", text: "1.2.4" }],
        tags,
      },
      { path: "arg/Dockerfile", line: 2, from, to, change: "patch", reason: null, edits: [argument], tags },
      { path: "arg/Dockerfile", line: 3, from, to, change: "patch", reason: null, edits: [argument], tags },
      expect.objectContaining({ path: "gone/Dockerfile", line: 1, state: "held", reason: "tag-not-found" }),
      expect.objectContaining({
        path: "private/Dockerfile",
        line: 1,
        from: "localhost:1/a/b:1",
        state: "held",
        reason: "registry-not-allowed",
        message: "this registry is asked only when it is allowed (--allow-registry localhost:1)",
      }),
      expect.objectContaining({ path: "private/Dockerfile", line: 2, state: "held", reason: "registry-not-allowed" }),
    ]);
  });

  it("follows the policy of the checkout", async () => {
    const folder = await using({
      Dockerfile: `FROM HOST/base/app:1.2.3@${old}\n`,
      "held/Dockerfile": "FROM HOST/base/app:1.2.3\n",
      ".github/oakum.yml": 'version: 1\nrules: [{ allow: [major], pin: tag }]\nignore: ["held/**"]\n',
    });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host);
    expect(jsonLines(ran)).toMatchObject([
      { path: "Dockerfile", change: "major", to: expect.stringContaining(":2.0.0@sha256:") },
      { path: "held/Dockerfile", state: "held", reason: "ignored" },
    ]);
  });

  it("follows the policy of the whole checkout in each of its folders", async () => {
    const folder = await using({
      ".git/HEAD": "",
      ".github/oakum.yml":
        'version: 1\nignore: ["svc/old/**"]\nrules: [{ match: { path: "svc/new/**" }, allow: [] }]\n',
      "svc/Dockerfile": "FROM HOST/base/app:1.2.3\n",
      "svc/old/Dockerfile": "FROM HOST/base/app:1.2.3\n",
      "svc/new/Dockerfile": "FROM HOST/base/app:1.2.3\n",
    });
    const below = await oakum(folder, "plan", "svc", "--json", "--allow-registry", host);
    expect(below.code).toBe(1);
    expect(jsonLines(below)).toMatchObject([
      { path: "Dockerfile", change: "patch", edits: [{ path: "Dockerfile" }] },
      { path: "old/Dockerfile", reason: "ignored" },
    ]);
    expect(await oakum(join(folder, "svc"), "plan", "--json", "--allow-registry", host)).toEqual(below);
    expect(await oakum(join(folder, "svc/new"), "plan", "--allow-registry", host)).toMatchObject({ code: 0 });
    expect(await oakum(join(folder, "svc"), "apply", "--allow-registry", host)).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "svc/Dockerfile"), "utf8")).toContain("1.2.4");
  });

  it("exits 2 when a file could not be read, whatever else there is to do", async () => {
    const folder = await using({ Dockerfile: "FROM HOST/base/app:1.2.3\n", "b.Dockerfile": "FORM a:1\n" });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host);
    expect(ran.code).toBe(2);
    expect(jsonLines(ran)).toMatchObject([{ path: "Dockerfile", change: "patch" }]);
  });

  it("exits 0 when there is nothing to do", async () => {
    const folder = await using({ Dockerfile: `FROM HOST/base/app:1.2.4@${patched}\nFROM scratch\n` });
    expect(await oakum(folder, "plan", "--json", "--allow-registry", host)).toEqual({
      code: 0,
      stdout: "",
      stderr: NOTE,
    });
  });

  it("exits 3 when a registry cannot be asked, whatever else there is to do", async () => {
    const folder = await using({ Dockerfile: "FROM HOST/base/app:1.2.3\nFROM 127.0.0.1:1/a/b:1\n" });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host, "--allow-registry", "127.0.0.1:1");
    expect(ran.code).toBe(3);
    expect(jsonLines(ran)).toMatchObject([
      { line: 1, change: "patch" },
      {
        line: 2,
        state: "held",
        reason: "registry-unavailable",
        message: "the registry could not be asked (127.0.0.1:1: connection refused)",
      },
    ]);
    expect(ran.stderr).toBe(`${NOTE}oakum: this is not the whole answer: 127.0.0.1:1 could not be asked\n`);
  });

  it("exits 3 when a registry's answer cannot be read", async () => {
    const liar = await scriptedRegistry((_, response) => void response.end("no list of tags"));
    const folder = await checkout({ Dockerfile: `FROM ${liar.host}/a/b:1\n` });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", liar.host);
    expect(ran.code).toBe(3);
    expect(jsonLines(ran)).toMatchObject([{ state: "held", reason: "registry-answer" }]);
  });

  it("exits 3 when the registry has no usable answer for one of the tags, and plans the others", async () => {
    const mixed = await scriptedRegistry((request, response) => {
      if (request.url?.includes("/tags/")) serveJson(response, { tags: ["1.0.0", "1.0.1", "ancient"] });
      else if (request.url?.endsWith("/ancient")) serveStatus(response, 410);
      else serveIndex(response);
    });
    const folder = await checkout({ Dockerfile: `FROM ${mixed.host}/a:ancient\nFROM ${mixed.host}/a:1.0.0\n` });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", mixed.host);
    expect(ran.code).toBe(3);
    expect(jsonLines(ran)).toMatchObject([
      { line: 2, change: "patch" },
      { line: 1, state: "held", reason: "registry-answer" },
    ]);
  });

  it("takes no part of the tags for all of them", async () => {
    const tags = Array.from({ length: 100_001 }, (_, number) => `1.0.${number}`);
    const endless = await scriptedRegistry((_, response) => serveJson(response, { tags }));
    const folder = await checkout({ Dockerfile: `FROM ${endless.host}/a:1.0.50000\n` });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", endless.host);
    expect(ran.code).toBe(3);
    expect(jsonLines(ran)).toMatchObject([{ state: "held", reason: "too-many-tags" }]);
  });

  it("exits 3 when a registry wants a login that there is not", async () => {
    const closed = await scriptedRegistry((_, response) =>
      serveStatus(response, 401, { "www-authenticate": 'Basic realm="closed"' }),
    );
    const folder = await checkout({ Dockerfile: `FROM ${closed.host}/a/b:1\n` });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", closed.host);
    expect(ran.code).toBe(3);
    expect(jsonLines(ran)).toMatchObject([{ state: "auth-failed", reason: "registry-denied" }]);
  });

  it("plans nothing under a configuration with errors", async () => {
    const folder = await using({
      Dockerfile: "FROM HOST/base/app:1.2.3\n",
      ".github/oakum.yml": "version: 1\nrules:\n  - minAge: 3\n",
    });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^\.github\/oakum\.yml:3:13: write a duration/);
  });

  it("keeps the order of the files, whatever goes together", async () => {
    const folder = await using({
      "a/Dockerfile": "FROM HOST/base/app:1.2.3\n",
      "b/Dockerfile": `FROM HOST/base/app:1.2.3@${old}\nFROM HOST/base/app@${old}\nFROM HOST/base/app:1.2.3\n`,
      "c/Dockerfile": `FROM HOST/base/app:1.2.3@${old}\nFROM $NONE\n`,
    });
    const lines = jsonLines(await oakum(folder, "plan", "--json", "--allow-registry", host)) as {
      path: string;
      line: number;
    }[];
    expect(lines.map(({ path, line }) => `${path}:${line}`)).toEqual([
      ...["a/Dockerfile:1", "b/Dockerfile:1", "b/Dockerfile:3", "c/Dockerfile:1"],
      ...["b/Dockerfile:2", "c/Dockerfile:2"],
    ]);
  });

  it("finds the tag of a digest alone, by the comment beside it or by the registry's tags", async () => {
    const folder = await using({
      ".github/oakum.yml": "version: 1\nrules:\n  - { allow: [digest, patch] }\n",
      Dockerfile: `# base/app:1.2.3\nFROM HOST/base/app@${old}\nCOPY --from=HOST/base/app@${patched} /a /a\n`,
      "gone/Dockerfile": `FROM HOST/base/app@sha256:${"0".repeat(64)}\n`,
    });
    const ran = await oakum(folder, "plan", "--json", "--allow-registry", host);
    const comment = { path: "Dockerfile", start: 11, end: 16, expect: "1.2.3", text: "1.2.4" };
    expect(jsonLines(ran)).toMatchObject([
      {
        line: 2,
        from: `${host}/base/app@${old}`,
        to: `${host}/base/app@${patched}`,
        change: "patch",
        edits: expect.arrayContaining([comment]),
      },
      { path: "gone/Dockerfile", state: "held", reason: "digest-not-found" },
    ]);
    expect(ran.code).toBe(1);
    const explained = await oakum(folder, "explain", "Dockerfile:3", "--tags", "--allow-registry", host);
    expect(explained.stdout).toContain("only a digest is written; it follows 1.2.4, by which the registry knew it\n");
    expect((await oakum(folder, "apply", "--allow-registry", host)).code).toBe(0);
    expect(await readFile(join(folder, "Dockerfile"), "utf8")).toBe(
      `# base/app:1.2.4\nFROM ${host}/base/app@${patched}\nCOPY --from=${host}/base/app@${patched} /a /a\n`,
    );
  });

  it("tells a person how a registry may be asked that was not, and what is well", async () => {
    const folder = await using({ Dockerfile: `FROM HOST/base/app:1.2.4@${patched}\nFROM 10.0.0.1/a/b:1\n` });
    const { code, stderr } = await oakum(folder, "plan", "--allow-registry", host);
    expect(code).toBe(3);
    expect(stderr).toBe(
      `${NOTE}oakum: to have them asked: --allow-registry 10.0.0.1\noakum: 0 updates, 1 not updated, 1 current\n` +
        "oakum: this is not the whole answer: 10.0.0.1 could not be asked\n",
    );
  });

  it("prints a table for people", async () => {
    const folder = await using({ Dockerfile: `FROM HOST/base/app:1.2.3@${old}\n`, "b.Dockerfile": "FROM $NONE\n" });
    const { stdout, stderr } = await oakum(folder, "plan", "--allow-registry", host);
    expect(stderr).toBe(`${NOTE}oakum: 1 update, 1 not updated, 0 current; oakum apply writes it\n`);
    const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ["UPDATE", "CHANGE", "FROM", "TO"],
      [
        "Dockerfile:1",
        "patch",
        `${host}/base/app:1.2.3@${old.slice(0, 19)}…`,
        `${host}/base/app:1.2.4@${patched.slice(0, 19)}…`,
      ],
      [""],
      ["NOT UPDATED", "STATE", "IMAGE", "WHY"],
      [
        "b.Dockerfile:1",
        "unsupported",
        "$NONE",
        expect.stringContaining("the reference needs a variable that has no default in this file"),
      ],
      [""],
    ]);
  });
});

describe("oakum apply", () => {
  it("writes the updates, byte for byte nothing else, and keeps the mode", async () => {
    const before =
      `\uFEFF# syntax=HOST/base/app:1.2.4@${patched}\r\nFROM  "HOST/base/app:1.2.3" AS a\r\nRUN true  \r\n`.replaceAll(
        "HOST",
        host,
      );
    const folder = await checkout({ Dockerfile: before, "other/Dockerfile": "FROM $NONE\n" });
    await chmod(join(folder, "Dockerfile"), 0o640);
    const ran = await oakum(folder, "apply", "--json", "--allow-registry", host);
    expect(ran).toMatchObject({ code: 0, stderr: `${NOTE}oakum: 1 update written to 1 file\n` });
    expect(jsonLines(ran)).toMatchObject([
      { path: "Dockerfile", line: 2, change: "patch" },
      { path: "other/Dockerfile", state: "unsupported", reason: "unresolved-variable" },
    ]);
    expect(await readFile(join(folder, "Dockerfile"), "utf8")).toBe(before.replace("1.2.3", `1.2.4@${patched}`));
    expect((await stat(join(folder, "Dockerfile"))).mode & 0o777).toBe(0o640);
    expect(await oakum(folder, "plan", "--json", "--allow-registry", host)).toMatchObject({ code: 0 });
  });
});
