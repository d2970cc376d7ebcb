import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
let main: string;
beforeAll(async () => {
  world = await TestWorld.start();
  main = (await world.octokit().rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
});
afterAll(() => world.stop());

const git = (...parameters: string[]) => {
  const path = `${world.state}/repositories/${world.repositoryId}.git`;
  return execFileSync("git", ["-C", path, ...parameters], {
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null" },
  }).toString();
};
const entry = (path: string, content: string | null) =>
  content === null
    ? { path, mode: "100644" as const, type: "blob" as const, sha: null }
    : { path, mode: "100644" as const, type: "blob" as const, content };

describe("trees", () => {
  test("are what git makes of them", async () => {
    const name = fc.stringMatching(/^[a-c]([.-][a-c])?$/);
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const octokit = world.octokit();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 6 }), async (paths) => {
        const apart = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)));
        const tree = apart.map((one) => entry(one, one));
        const { data } = await octokit.rest.git.createTree({ ...shop, tree });
        expect(git("ls-tree", "-r", "--name-only", data.sha).trim().split("\n").toSorted()).toEqual(apart.toSorted());
        expect(git("fsck", "--strict", "--no-dangling", data.sha)).toBe("");
      }),
      { numRuns: 15 },
    );
  });

  test("change, add and remove paths of a base", async () => {
    const { data } = await world.octokit().rest.git.createTree({
      ...shop,
      base_tree: main,
      tree: [entry("Dockerfile", "FROM scratch\n"), entry("docs/a.md", "a"), entry("src/index.js", null)],
    });
    expect(git("ls-tree", "-r", "--name-only", data.sha).trim().split("\n")).toEqual([
      ".github/workflows/build.yml",
      "Dockerfile",
      "docs/a.md",
    ]);
  });

  test("are truncated above the limit, and their folders can be read one by one", async () => {
    await world.order("POST", "limits", { tree: 3 });
    const octokit = world.octokit();
    const { data } = await octokit.rest.git.getTree({ ...shop, tree_sha: "main", recursive: "1" });
    expect(data).toMatchObject({ truncated: true });
    expect(data.tree).toHaveLength(3);
    const { data: top } = await octokit.rest.git.getTree({ ...shop, tree_sha: main });
    expect(top).toMatchObject({ truncated: false });
    expect(top.tree.map((item) => [item.path, item.type])).toEqual([
      [".github", "tree"],
      ["Dockerfile", "blob"],
      ["src", "tree"],
    ]);
    await world.order("POST", "limits", { tree: 100_000 });
  });

  test.each([
    ["a path that leaves the repository", { path: "../x", mode: "100644", type: "blob", content: "" }, 422],
    ["a blob that is not there", { path: "x", mode: "100644", type: "blob", sha: "1".repeat(40) }, 422],
    ["neither content nor a blob", { path: "x", mode: "100644", type: "blob" }, 422],
    [
      "a workflow without the permission",
      { path: ".github/workflows/x.yml", mode: "100644", type: "blob", content: "" },
      403,
    ],
  ] as const)("are refused with %s", async (_, bad, status) => {
    expect(await refused(world.octokit().rest.git.createTree({ ...shop, tree: [bad] }))).toMatchObject({ status });
  });
});

describe("commits", () => {
  const tree = async () => (await world.octokit().rest.git.getCommit({ ...shop, commit_sha: main })).data.tree.sha;

  test("of a bot without an author are signed by GitHub", async () => {
    const parents = [main];
    const { data } = await world
      .octokit()
      .rest.git.createCommit({ ...shop, message: "m", tree: await tree(), parents });
    expect(data.verification).toMatchObject({ verified: true, reason: "valid" });
    expect(data.committer).toMatchObject({ name: "GitHub", email: "noreply@github.com" });
    expect(data.author.name).toBe("oakum[bot]");
    expect(git("cat-file", "-t", data.sha).trim()).toBe("commit");
    const { data: seen } = await world.octokit().rest.repos.getCommit({ ...shop, ref: data.sha });
    expect(seen.author).toMatchObject({ login: "oakum[bot]" });
  });

  test("with an author, and those of people, are not", async () => {
    const author = { name: "A", email: "a@example.com", date: "2026-01-02T03:04:05Z" };
    const parents = [main];
    const commit = { ...shop, message: "m", tree: await tree(), parents };
    const { data } = await world.octokit().rest.git.createCommit({ ...commit, author });
    expect(data).toMatchObject({ verification: { verified: false }, author, committer: author });
    const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "octocat" });
    const { data: own } = await world.withToken(token).rest.git.createCommit(commit);
    expect(own).toMatchObject({ verification: { verified: false }, author: { name: "octocat" } });
  });

  test("are refused without a tree or a parent that is there", async () => {
    const octokit = world.octokit();
    const none = "2".repeat(40);
    expect(await refused(octokit.rest.git.createCommit({ ...shop, message: "m", tree: none }))).toMatchObject({
      status: 422,
    });
    const orphan = { ...shop, message: "m", tree: await tree(), parents: [none] };
    expect(await refused(octokit.rest.git.createCommit(orphan))).toMatchObject({ status: 422 });
  });
});

describe("blobs", () => {
  test("survive as bytes", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const octokit = world.octokit();
    const { data } = await octokit.rest.git.createBlob({
      ...shop,
      content: bytes.toString("base64"),
      encoding: "base64",
    });
    const { data: back } = await octokit.rest.git.getBlob({ ...shop, file_sha: data.sha });
    expect(Buffer.from(back.content, "base64")).toEqual(bytes);
    const raw = await octokit.rest.git.getBlob({ ...shop, file_sha: data.sha, mediaType: { format: "raw" } });
    expect(raw.headers["content-type"]).toBe("application/vnd.github.raw+json; charset=utf-8");
  });

  test("that are not there are not found", async () => {
    expect(await refused(world.octokit().rest.git.getBlob({ ...shop, file_sha: "3".repeat(40) }))).toMatchObject({
      status: 404,
    });
  });
});

describe("contents", () => {
  test("read files and folders, and write with the sha that was read", async () => {
    const octokit = world.octokit();
    const { data: folder } = await octokit.rest.repos.getContent({ ...shop, path: "" });
    expect(Array.isArray(folder) && folder.map((item) => [item.name, item.type])).toEqual([
      [".github", "dir"],
      ["Dockerfile", "file"],
      ["src", "dir"],
    ]);
    const { data: file } = await octokit.rest.repos.getContent({ ...shop, path: "Dockerfile" });
    if (Array.isArray(file) || file.type !== "file") throw new Error("not a file");
    const write = { ...shop, path: "Dockerfile", message: "edit", content: Buffer.from("FROM x\n").toString("base64") };
    expect(await refused(octokit.rest.repos.createOrUpdateFileContents(write))).toMatchObject({ status: 422 });
    const stale = { ...write, sha: "4".repeat(40) };
    expect(await refused(octokit.rest.repos.createOrUpdateFileContents(stale))).toMatchObject({ status: 409 });
    const { status } = await octokit.rest.repos.createOrUpdateFileContents({ ...write, sha: file.sha });
    expect(status).toBe(200);
    expect(git("show", "main:Dockerfile")).toBe("FROM x\n");
  });

  test("a comparison counts commits and shows what changed", async () => {
    await world.order("POST", "commits", {
      owner: "acme",
      name: "shop",
      branch: "dev",
      message: "dev",
      files: { "a.txt": "1\n2\n" },
    });
    const { data } = await world.octokit().rest.repos.compareCommitsWithBasehead({ ...shop, basehead: "main...dev" });
    expect(data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
    expect(data.files).toMatchObject([
      { filename: "a.txt", status: "added", additions: 2, patch: "@@ -0,0 +1,2 @@\n+1\n+2" },
    ]);
  });
});
