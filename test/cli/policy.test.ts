import { chown, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout, jsonLines, oakum } from "./checkout.ts";

const FILES = {
  ".github/oakum.yml": 'version: 1\nignore: ["svc/old/**"]\nrules:\n  - match: { path: "svc/**" }\n    merge: never\n',
  "svc/Dockerfile": "FROM node:22\n",
  "svc/old/Dockerfile": "FROM node:20\n",
};

async function reasonsIn(folder: string, ...args: readonly string[]): Promise<readonly string[]> {
  const uses = jsonLines(await oakum(folder, "list", "--json", ...args)) as { path: string; reason: string }[];
  return uses.map(({ path, reason }) => `${path} ${reason}`);
}

const AS_THE_ROOT_SAYS = ["Dockerfile not-asked", "old/Dockerfile ignored"];
const AS_NOBODY_SAYS = ["Dockerfile not-asked", "old/Dockerfile not-asked"];

describe("the policy of a folder", () => {
  it.each([
    ["checkout", { ".git/HEAD": "" }],
    ["work tree", { ".git": "gitdir: elsewhere\n" }],
  ])("is that of the git %s around it", async (_, git) => {
    const folder = await checkout({ ...FILES, ...git });
    expect(await reasonsIn(folder, "svc")).toEqual(AS_THE_ROOT_SAYS);
    expect(await reasonsIn(join(folder, "svc"))).toEqual(AS_THE_ROOT_SAYS);
    expect(await reasonsIn(join(folder, "svc/old"))).toEqual(["Dockerfile ignored"]);
  });

  it("is its own without git, and where it is a checkout itself", async () => {
    expect(await reasonsIn(await checkout(FILES), "svc")).toEqual(AS_NOBODY_SAYS);
    const own = { "svc/.github/oakum.yml": 'version: 1\nignore: ["old/**"]\n' };
    expect(await reasonsIn(await checkout({ ...FILES, ...own }), "svc")).toEqual(AS_THE_ROOT_SAYS);
    const nested = await checkout({ ...FILES, ".git/HEAD": "", "svc/.git/HEAD": "" });
    expect(await reasonsIn(nested, "svc")).toEqual(AS_NOBODY_SAYS);
  });

  it("is not what a folder says that lies in somebody else's checkout", async () => {
    const own = { "svc/.github/oakum.yml": 'version: 1\nignore: ["**"]\n' };
    const folder = await checkout({ ...FILES, ...own, ".git/HEAD": "" });
    expect(await reasonsIn(folder, "svc")).toEqual(AS_THE_ROOT_SAYS);
  });

  it("is that of the place where a symbolic link leads", async () => {
    const folder = await checkout({ ...FILES, ".git/HEAD": "" });
    const other = await checkout({ ".git/HEAD": "" });
    await symlink(join(folder, "svc"), join(other, "svc"));
    expect(await reasonsIn(other, "svc")).toEqual(AS_THE_ROOT_SAYS);
  });

  // Only root may give files away.
  it.skipIf(process.getuid?.() !== 0)("is not that of a stranger's checkout around it", async () => {
    const folder = await checkout({ ...FILES, ".git/HEAD": "" });
    await chown(join(folder, ".git"), 12_345, 12_345);
    expect(await reasonsIn(folder, "svc")).toEqual(AS_NOBODY_SAYS);
    await chown(join(folder, "svc"), 12_345, 12_345);
    expect(await reasonsIn(folder, "svc")).toEqual(AS_THE_ROOT_SAYS);
  });

  it("is explained with paths that lead there from here", async () => {
    const folder = await checkout({ ...FILES, ".git/HEAD": "" });
    const ran = await oakum(join(folder, "svc"), "explain", "Dockerfile:1", "--json");
    const [explained] = jsonLines(ran) as { path: string; policy: object[] }[];
    expect(explained?.path).toBe("Dockerfile");
    expect(explained?.policy).toContainEqual({
      ...{ key: "merge", value: "never", origin: "../.github/oakum.yml:5", over: null, when: null },
    });
    const ignored = await oakum(join(folder, "svc"), "explain", "old/Dockerfile:1");
    expect(ignored.stdout).toContain("held: ignored by configuration\n");
  });

  it("has its errors told with paths that lead there from here", async () => {
    const folder = await checkout({ ...FILES, ".git/HEAD": "", ".github/oakum.yml": "version: 1\nmoed: propose\n" });
    expect(await oakum(join(folder, "svc"), "plan")).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: '../.github/oakum.yml:2:1: unknown key "moed"; did you mean "mode"?\n',
    });
  });
});
