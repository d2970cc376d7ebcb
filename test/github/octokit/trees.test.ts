import nock from "nock";
import { expect, test } from "vitest";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

useNock();

const GIT = "/repos/acme/web/git";
const file = (path: string) => ({ path, mode: "100644", type: "blob", sha: SHA, size: 3 });
const folder = (path: string, sha: string) => ({ path, mode: "040000", type: "tree", sha });
const tree = (sha: string, recursive: boolean) =>
  nock(API)
    .get(`${GIT}/trees/${sha}`)
    .query(recursive ? { recursive: "1" } : {});

test("what GitHub cuts off is walked level by level, and each file is there once", async () => {
  mockApp();
  tree("root", true).reply(200, { truncated: true, tree: [file("a"), folder("b", "bbb"), file("b/c")] });
  tree("root", false).reply(200, { truncated: false, tree: [file("a"), folder("b", "bbb"), folder("d", "ddd")] });
  tree("bbb", true).reply(200, { truncated: false, tree: [file("c"), folder("e", "eee"), file("e/f")] });
  tree("ddd", true).reply(200, { truncated: false, tree: [{ ...file("link"), mode: "120000" }] });
  const entries = await mockedGitHub().trees.tree(web, "root");
  expect(entries.map(({ path, mode }) => `${path} ${mode}`).toSorted()).toEqual([
    "a 100644",
    "b/c 100644",
    "b/e/f 100644",
    "d/link 120000",
  ]);
});

test("one folder that is too long to list is INPUT", async () => {
  mockApp();
  tree("root", true).reply(200, { truncated: true, tree: [] });
  tree("root", false).reply(200, { truncated: true, tree: [] });
  await expect(mockedGitHub().trees.tree(web, "root")).rejects.toMatchObject({ code: "INPUT" });
});

test("a blob is the bytes it is, though GitHub labels them UTF-8", async () => {
  mockApp();
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x0d, 0x0a]);
  const headers = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };
  nock(API, { reqheaders: { accept: /raw/ } })
    .get(`${GIT}/blobs/${SHA}`)
    .reply(200, bytes, headers);
  expect(Buffer.from(await mockedGitHub().trees.blob(web, SHA))).toEqual(bytes);
});

test.each([404, 409])("no branch, or an empty repository (%i), has no head", async (status) => {
  mockApp();
  nock(API).get(`${GIT}/ref/heads%2Fmain`).reply(status, { message: "no" });
  expect(await mockedGitHub().trees.head(web, "main")).toBeUndefined();
});

test("an object is read once, for the repository that it was read from, and of a tree only what is read is kept", async () => {
  mockApp();
  const other = { ...web, repository: 43, name: "api" };
  for (const { name } of [web, other]) {
    const git = `/repos/acme/${name}/git`;
    nock(API)
      .get(`${git}/trees/root`)
      .query({ recursive: "1" })
      .reply(200, { truncated: false, tree: [file("Dockerfile"), file("README.md")] });
    nock(API).get(`${git}/blobs/${SHA}`).reply(200, name);
  }
  const { trees } = mockedGitHub({ reads: (path) => path === "Dockerfile" });
  for (const repository of [web, web, other, other]) {
    expect((await trees.tree(repository, "root")).map(({ path }) => path)).toEqual(["Dockerfile"]);
    expect(Buffer.from(await trees.blob(repository, SHA)).toString()).toBe(repository.name);
  }
});

test("where a branch points is asked every time", async () => {
  mockApp();
  const { trees } = mockedGitHub();
  for (const sha of [SHA, "b".repeat(40)]) {
    nock(API)
      .get(`${GIT}/ref/heads%2Fmain`)
      .reply(200, { ref: "refs/heads/main", object: { sha, type: "commit" } });
    expect(await trees.head(web, "main")).toBe(sha);
  }
});
