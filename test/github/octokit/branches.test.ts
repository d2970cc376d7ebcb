import nock from "nock";
import { describe, expect, test } from "vitest";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

useNock();

const OTHER = "b".repeat(40);
const THIRD = "c".repeat(40);
const BRANCH = "oakum/main/node-1a2b3c";
const REF = `/repos/acme/web/git/ref/${encodeURIComponent(`heads/${BRANCH}`)}`;

describe("after a move that failed, the branch itself tells:", () => {
  const refusal = { data: { updateRefs: null }, errors: [{ type: "UNPROCESSABLE", message: "no" }] };
  const cases = [
    { name: "it was done", graphql: [502, {}], stands: OTHER, code: undefined },
    { name: "it was done before", graphql: [200, refusal], stands: OTHER, code: undefined },
    { name: "another one was", graphql: [200, refusal], stands: THIRD, code: "CONFLICT" },
    { name: "it is gone", graphql: [200, refusal], stands: undefined, code: "CONFLICT" },
    { name: "neither, so GitHub refused it", graphql: [200, refusal], stands: SHA, code: "INPUT" },
    { name: "neither, so it may be tried again", graphql: [502, {}], stands: SHA, code: "UNAVAILABLE" },
  ] as const;

  test.each(cases)("$name", async ({ graphql: [status, body], stands, code }) => {
    mockApp();
    nock(API).get("/repos/acme/web").reply(200, { id: 42, node_id: "R_42" });
    nock(API).post("/graphql").reply(status, body);
    if (stands === undefined) nock(API).get(REF).reply(404, { message: "Not Found" });
    else
      nock(API)
        .get(REF)
        .reply(200, { object: { sha: stands } });
    const moved = mockedGitHub().branches.move(web, BRANCH, SHA, OTHER);
    if (code === undefined) await moved;
    else await expect(moved).rejects.toMatchObject({ code });
  });
});

test("a move that we may not do is DENIED, and nothing else is asked", async () => {
  mockApp();
  nock(API).get("/repos/acme/web").reply(200, { id: 42, node_id: "R_42" });
  const errors = [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }];
  nock(API).post("/graphql").reply(200, { data: null, errors });
  await expect(mockedGitHub().branches.move(web, BRANCH, SHA, OTHER)).rejects.toMatchObject({ code: "DENIED" });
});

test("a limit of GraphQL is UNAVAILABLE until its reset", async () => {
  mockApp();
  nock(API).get("/repos/acme/web").reply(200, { id: 42, node_id: "R_42" });
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2000000000" };
  nock(API)
    .post("/graphql")
    .reply(200, { errors: [{ type: "RATE_LIMITED", message: "limit" }] }, headers);
  const moved = mockedGitHub().branches.move(web, BRANCH, SHA, OTHER);
  await expect(moved).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: 3600 });
});

test("a name that another repository has taken is never pushed to", async () => {
  mockApp();
  nock(API).get("/repos/acme/web").reply(200, { id: 43, node_id: "R_43", full_name: "acme/web" });
  await expect(mockedGitHub().branches.move(web, BRANCH, SHA, OTHER)).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a commit has no author, and an unchanged base tree below it", async () => {
  mockApp();
  const git = "/repos/acme/web/git";
  nock(API)
    .get(`${git}/commits/${SHA}`)
    .reply(200, { tree: { sha: "base" } });
  const entry = { path: "Dockerfile", mode: "100755", type: "blob", content: "FROM a\n" };
  nock(API)
    .post(`${git}/trees`, { base_tree: "base", tree: [entry] })
    .reply(201, { sha: "tree" });
  nock(API)
    .post(`${git}/commits`, { message: "fix", tree: "tree", parents: [SHA] })
    .reply(201, { sha: OTHER });
  const files = [{ path: "Dockerfile", mode: "100755", content: "FROM a\n" }] as const;
  expect(await mockedGitHub().branches.commit(web, SHA, files, "fix")).toBe(OTHER);
});

test("what a commit changed is read over all its pages, renames by both names", async () => {
  mockApp();
  const commit = `/repos/acme/web/commits/${SHA}`;
  const parents = [{ sha: OTHER }];
  const link = `<${API}${commit}?per_page=100&page=2>; rel="next"`;
  nock(API)
    .get(commit)
    .query({ per_page: 100, page: 1 })
    .reply(200, { parents, files: [{ filename: "a" }] }, { link });
  nock(API)
    .get(commit)
    .query({ per_page: 100, page: 2 })
    .reply(200, { parents, files: [{ filename: "b", previous_filename: "c" }] });
  expect(await mockedGitHub().branches.changes(web, SHA)).toEqual({ parents: [OTHER], files: ["a", "b", "c"] });
});

test("required checks are those of rulesets and of protection, each once, with the App that must report it", async () => {
  mockApp();
  const rule = (checks: object[]) => ({
    type: "required_status_checks",
    parameters: { required_status_checks: checks },
  });
  nock(API)
    .get("/repos/acme/web/rules/branches/main?per_page=100")
    .reply(200, [{ type: "deletion" }, rule([{ context: "build", integration_id: 7 }, { context: "lint" }])]);
  const required_status_checks = {
    enforcement_level: "everyone",
    contexts: ["build", "lint", "legacy"],
    checks: [
      { context: "build", app_id: 7 },
      { context: "lint", app_id: null },
    ],
  };
  nock(API).get("/repos/acme/web/branches/main").reply(200, { protection: { required_status_checks } });
  expect(await mockedGitHub().branches.requiredChecks(web, "main")).toEqual([
    { context: "build", app: 7 },
    { context: "lint" },
    { context: "legacy" },
  ]);
});
