import nock from "nock";
import { describe, expect, test } from "vitest";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

useNock();

const REPOSITORY = "/repos/acme/web";
const MERGE = "b".repeat(40);
const pull = {
  number: 5,
  html_url: "https://github.com/acme/web/pull/5",
  state: "open",
  merged: false,
  merged_at: null,
  merge_commit_sha: "f".repeat(40),
  draft: false,
  title: "t",
  body: null,
  labels: [{ name: "security" }],
  head: { ref: "oakum/x", sha: SHA, repo: { id: 42 } },
  base: { ref: "main" },
  mergeable: null,
};

const get = (overlay: object) =>
  nock(API)
    .get(`${REPOSITORY}/pulls/5`)
    .reply(200, { ...pull, ...overlay });

describe("a pull", () => {
  test("that is open has no merge commit, whatever GitHub tests, and may be mergeable or not known to be", async () => {
    mockApp();
    get({});
    expect(await mockedGitHub().pulls.get(web, 5)).toEqual({
      number: 5,
      url: pull.html_url,
      state: "open",
      merged: false,
      draft: false,
      title: "t",
      body: "",
      labels: ["security"],
      branch: "oakum/x",
      head: SHA,
      headRepository: 42,
      base: "main",
    });
  });

  test("of a fork that was deleted is of no repository", async () => {
    mockApp();
    get({ head: { ...pull.head, repo: null } });
    expect(await mockedGitHub().pulls.get(web, 5)).not.toHaveProperty("headRepository");
  });

  const closers: readonly [string, object | null, string | undefined, string][] = [
    ["our own App", { login: "oakum[bot]", type: "Bot" }, undefined, "us"],
    ["another App", { login: "other[bot]", type: "Bot" }, undefined, "other"],
    ["a person of a like name", { login: "oakum", type: "User" }, "write", "writer"],
    ["an owner", { login: "ann", type: "User" }, "admin", "writer"],
    ["who may only triage", { login: "tim", type: "User" }, "read", "other"],
    ["who may not even read any more", { login: "gone", type: "User" }, undefined, "other"],
    ["a person who was removed", null, undefined, "other"],
  ];
  test.each(closers)("that was closed by %s", async (_, closed_by, permission, closer) => {
    mockApp();
    nock(API).get(`${REPOSITORY}/issues/5`).reply(200, { closed_by });
    if (closed_by !== null && "type" in closed_by && closed_by.type === "User" && "login" in closed_by) {
      const [status, body] = permission === undefined ? [404, { message: "Not Found" }] : [200, { permission }];
      nock(API).get(`${REPOSITORY}/collaborators/${closed_by.login}/permission`).reply(status, body);
    }
    expect(await mockedGitHub().pulls.closer(web, 5)).toBe(closer);
  });

  test("of another branch is not listed, though GitHub ignores a filter that it cannot read", async () => {
    mockApp();
    nock(API)
      .get(`${REPOSITORY}/pulls`)
      .query({ head: "acme:oakum/x", state: "open", sort: "created", direction: "desc", per_page: 30 })
      .reply(200, [pull, { ...pull, number: 6, head: { ...pull.head, ref: "feature" } }]);
    const listed = await mockedGitHub().pulls.list(web, "oakum/x", "open");
    expect(listed.map(({ number }) => number)).toEqual([5]);
  });

  test("that exists already is a CONFLICT", async () => {
    mockApp();
    const errors = [{ message: "A pull request already exists for acme:oakum/x." }];
    nock(API).post(`${REPOSITORY}/pulls`).reply(422, { message: "Validation Failed", errors });
    const opened = mockedGitHub().pulls.open(web, { branch: "oakum/x", base: "main", title: "t", body: "b" });
    await expect(opened).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("a merge", () => {
  const merge = () => mockedGitHub().pulls.merge(web, 5, SHA, "fix");
  const settings = (allowed: object = {}) => nock(API).get(REPOSITORY).reply(200, allowed);
  const commit_title = "fix";

  test.each<[object, object]>([
    [
      { allow_merge_commit: true, allow_squash_merge: true },
      { merge_method: "merge", commit_title },
    ],
    [
      { allow_merge_commit: false, allow_squash_merge: true },
      { merge_method: "squash", commit_title },
    ],
    [{ allow_merge_commit: false, allow_squash_merge: false }, { merge_method: "rebase" }],
    [{}, { merge_method: "merge", commit_title }],
  ])("where the repository says %o is by %o", async (allowed, method) => {
    mockApp();
    settings(allowed);
    nock(API)
      .put(`${REPOSITORY}/pulls/5/merge`, { sha: SHA, ...method })
      .reply(200, { sha: MERGE });
    expect(await merge()).toBe(MERGE);
  });

  test.each([
    [405, "Base branch was modified. Review and try the merge again.", "CONFLICT"],
    [409, "Head branch was modified. Review and try the merge again.", "CONFLICT"],
    [422, "Validation failed", "CONFLICT"],
    [405, "At least 1 approving review is required by reviewers with write access.", "DENIED"],
  ])("that GitHub refuses (%i: %s) is %s, in its words", async (status, message, code) => {
    mockApp();
    settings();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(status, { message });
    get({});
    await expect(merge()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test.each([405, 502])("that was done, though the answer is %i, counts", async (status) => {
    mockApp();
    settings();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(status, { message: "no" });
    get({ state: "closed", merged: true, merge_commit_sha: MERGE });
    expect(await merge()).toBe(MERGE);
  });

  test("of another head does not count", async () => {
    mockApp();
    settings();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(409, { message: "no" });
    get({ state: "closed", merged: true, merge_commit_sha: MERGE, head: { ...pull.head, sha: MERGE } });
    await expect(merge()).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

test("reviews are of others than us, and say who may write to the repository now", async () => {
  mockApp();
  const review = (login: string, state: string) => ({ user: { login }, state, commit_id: SHA });
  nock(API)
    .get(`${REPOSITORY}/pulls/5/reviews?per_page=100`)
    .reply(200, [
      review("ann", "APPROVED"),
      review("bob", "CHANGES_REQUESTED"),
      review("bob", "APPROVED"),
      review("eve", "COMMENTED"),
      review("gone", "APPROVED"),
      review("oakum[bot]", "APPROVED"),
      { ...review("github-actions[bot]", "APPROVED"), user: { login: "github-actions[bot]", type: "Bot" } },
      { ...review("", "APPROVED"), user: null },
    ]);
  const permission = (login: string) => nock(API).get(`${REPOSITORY}/collaborators/${login}/permission`);
  permission("ann").reply(200, { permission: "write" });
  permission("bob").reply(200, { permission: "read" });
  permission("gone").reply(404, { message: "Not Found" });
  expect(await mockedGitHub().pulls.reviews(web, 5)).toEqual([
    { user: "ann", state: "approved", commit: SHA, mayWrite: true },
    { user: "bob", state: "changes-requested", commit: SHA, mayWrite: false },
    { user: "bob", state: "approved", commit: SHA, mayWrite: false },
    { user: "eve", state: "commented", commit: SHA, mayWrite: false },
    { user: "gone", state: "approved", commit: SHA, mayWrite: false },
    { user: "github-actions[bot]", state: "approved", commit: SHA, mayWrite: false },
  ]);
});
