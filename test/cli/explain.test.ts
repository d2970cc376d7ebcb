import { describe, expect, it } from "vitest";
import { scriptedRegistry, serveIndex, serveJson } from "../registry/scripted-registry.ts";
import { checkout, jsonLines, oakum } from "./checkout.ts";

const CONFIG = `version: 1
mode: propose
rules:
  - match: { change: major }
    merge: never
  - match: { image: docker.io/library/node }
    tags: "22*"
`;

describe("oakum explain", () => {
  it("names the file and line that decided each key", async () => {
    const folder = await checkout({ "api/Dockerfile": "\nFROM node:22\n", ".github/oakum.yml": CONFIG });
    const { code, stdout, stderr } = await oakum(folder, "explain", "api/Dockerfile:2");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["api/Dockerfile:2 base docker.io/library/node:22"],
      ["unknown: no registry was asked"],
      ["KEY", "VALUE", "DECIDED BY", "ONLY FOR"],
      ["mode", "propose", ".github/oakum.yml:2"],
      ["allow", "digest, patch", "default"],
      ["tags", "22*", ".github/oakum.yml:7"],
      ["minAge", "3d", "default"],
      ["merge", "never", ".github/oakum.yml:5", "change major"],
      ["merge", "approval", "default", "all others"],
      ["pin", "digest", "default"],
      ["signature", "prefer", "default"],
      ["gate.failOn", "high", "default"],
      ["reviewers", "none", "default"],
      ["windows.propose", "always", "default"],
      ["windows.merge", "always", "default"],
      ["windows.deploy", "always", "default"],
      [""],
    ]);
  });

  it("shows what the organisation's file demands, and of which repositories", async () => {
    const folder = await checkout({
      Dockerfile: "FROM node:22\n",
      ".github/oakum.yml": "version: 1\nrules:\n  - merge: auto\n",
      "policy/oakum.yml": `version: 1
rules:
  - match: { property: { tier: pci } }
    minAge: 7d
require:
  - match: { property: { tier: pci }, repository: acme/* }
    merge: approval
`,
    });
    const explained = async (...args: readonly string[]) => {
      const ran = await oakum(folder, "explain", "Dockerfile:1", "--organisation", "policy/oakum.yml", ...args);
      expect(ran.stderr).toBe("");
      const lines = ran.stdout.split("\n").map((line) => line.split(/ {2,}/).join(" | "));
      return lines.filter((line) => /^(minAge|merge) /.test(line));
    };
    const own = ["minAge | 3d | default", "merge | auto | .github/oakum.yml:3"];
    const floor = "merge | approval | policy/oakum.yml:7, over auto by .github/oakum.yml:3";
    expect(await explained()).toEqual([own[0], floor]);
    expect(await explained("--property", "tier=web")).toEqual(own);
    expect(await explained("--property", "tier=pci", "--repository", "other/shop")).toEqual([
      "minAge | 7d | policy/oakum.yml:4",
      own[1],
    ]);
    expect(await explained("--property", "tier=pci", "--repository", "acme/shop")).toEqual([
      "minAge | 7d | policy/oakum.yml:4",
      floor,
    ]);
  });

  it("goes by the checkout it is run in, whichever branch that is of", async () => {
    const branches = 'branches: ["release/*"]\n';
    const folder = await checkout({ Dockerfile: "FROM node:22\n", ".github/oakum.yml": `${CONFIG}${branches}` });
    const { code, stdout, stderr } = await oakum(folder, "explain", "Dockerfile:1");
    // The key is no policy of a use, and nothing is wrong with it.
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toContain("branches");
    expect(stdout).toMatch(/^tags +22\* +\.github\/oakum\.yml:7 *$/m);
  });

  it("says what stands on a release that nobody mends any more, without asking", async () => {
    const folder = await checkout({ Dockerfile: "FROM node:18-stretch\n" });
    const { stdout } = await oakum(folder, "explain", "Dockerfile:1");
    expect(stdout.split("\n").slice(2, 4)).toEqual([
      "Node.js 18 is past its end of life: nobody has mended it since 2025-04-30 (https://github.com/nodejs/Release)",
      "Debian 9 (stretch) is past its end of life: nobody has mended it since 2022-07-01 (https://wiki.debian.org/LTS)",
    ]);
    expect(jsonLines(await oakum(folder, "explain", "Dockerfile:1", "--json"))).toMatchObject([
      { ends: [{ what: "Node.js 18", end: "2025-04-30", state: "ended" }, { what: "Debian 9 (stretch)" }] },
    ]);
  });

  it("asks the registry with --tags, and says of every other tag why it is not the one", async () => {
    const tags = [
      "3",
      "3.18",
      "3.19",
      "3.20",
      "3.20.1",
      "4.0",
      "3.21-rc1",
      "3.20-slim",
      "3.20-windowsservercore",
      "edge",
    ];
    const { host } = await scriptedRegistry(({ url = "" }, response) => {
      if (url.includes("/tags/")) serveJson(response, { tags });
      else serveIndex(response, url.split("/").at(-1));
    });
    const folder = await checkout({
      Dockerfile: `FROM ${host}/team/app:3.19\n`,
      ".github/oakum.yml": "version: 1\nrules:\n  - allow: [digest, patch, minor]\n",
    });
    const ran = await oakum(folder, "explain", "Dockerfile:1", "--tags", "--allow-registry", host);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const lines = ran.stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(
      lines.slice(
        1,
        lines.findIndex(([first]) => first === ""),
      ),
    ).toEqual([
      [expect.stringMatching(/^update: to .*\/team\/app:3\.20@sha256:/)],
      ["3.19 to 3.20, of 9 other tags"],
      ["TAGS", "SUCH AS", "NOT, BECAUSE"],
      ["1", "4.0", "policy does not allow this class of change (4.0 (major))"],
      ["1", "3.21-rc1", "it is a pre-release, and the tag in use is none of its kind"],
      ["1", "3.18", "it is older than the tag in use"],
      ["2", "3.20.1 3", "it is more or less exact than the tag in use"],
      ["1", "3.20-slim", "it is another variant: the words beside the version differ"],
      ["1", "3.20-windowsservercore", "it is for another operating system or architecture"],
      ["1", "edge", "it names no version that can be ordered: a name, a branch, a commit"],
    ]);
    const [line] = jsonLines(await oakum(folder, "explain", "Dockerfile:1", "--json", "--allow-registry", host));
    expect(line).toMatchObject({
      state: "update",
      reason: null,
      tags: { current: "3.19", candidate: "3.20", total: 9 },
    });
  });

  it("exits 3 with --tags where a registry may not be asked", async () => {
    const folder = await checkout({ Dockerfile: "FROM localhost:1/a/b:1\n" });
    expect(await oakum(folder, "explain", "Dockerfile:1", "--tags", "--json")).toMatchObject({ code: 3, stderr: "" });
  });

  it("says the same as a JSON line for each use of the line", async () => {
    const folder = await checkout({ Dockerfile: "FROM $NONE\n" });
    expect(jsonLines(await oakum(folder, "explain", "Dockerfile:1", "--json"))).toEqual([
      {
        path: "Dockerfile",
        line: 1,
        role: "base",
        text: "$NONE",
        reference: null,
        tagBy: null,
        state: "unsupported",
        reason: "unresolved-variable",
        message: "the reference needs a variable that has no default in this file (NONE)",
        to: null,
        tags: null,
        ends: [],
        policy: [],
      },
    ]);
  });

  it("says what it could not read, and not that there is nothing", async () => {
    const folder = await checkout({
      Dockerfile: "FROM node:22\nFORM alpine:3\n",
      "big.Dockerfile": "#".repeat(1024 * 1024 + 1),
    });
    const wrong = "Dockerfile:2:1: the file could not be read as what its name says it is (no instruction: form)\n";
    expect(await oakum(folder, "explain", "Dockerfile:2")).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: `${wrong}oakum: no image is found at Dockerfile:2, but at line 1\n`,
    });
    const answered = await oakum(folder, "explain", "Dockerfile:1", "--json");
    expect(answered).toMatchObject({ code: 2, stderr: wrong });
    expect(jsonLines(answered)).toMatchObject([{ line: 1, text: "node:22" }]);
    expect(await oakum(folder, "explain", "big.Dockerfile:1")).toEqual({
      ...{ code: 2, stdout: "" },
      stderr:
        "big.Dockerfile:1:1: the file is larger than Oakum reads (1048577 bytes)\n" +
        "oakum: no image is found at big.Dockerfile:1\n",
    });
  });

  it.each([
    ["Dockerfile", "Dockerfile is not FILE:LINE, such as Dockerfile:1"],
    ["Dockerfile:9", "no image is used at Dockerfile:9, but at line 1"],
    ["none/Dockerfile:1", "there is no file none/Dockerfile"],
    ["README.md:1", "README.md is no file in which Oakum looks for images"],
    ["../Dockerfile:1", "../Dockerfile is outside this folder"],
  ])("exits 2 for %s", async (place, sentence) => {
    const folder = await checkout({ Dockerfile: "FROM a:1\n" });
    expect(await oakum(folder, "explain", place)).toEqual({ code: 2, stdout: "", stderr: `oakum: ${sentence}\n` });
  });
});
