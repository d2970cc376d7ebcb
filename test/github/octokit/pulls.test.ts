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
      author: "ghost",
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
    nock(API)
      .get(`${REPOSITORY}/issues/5`)
      .reply(200, { closed_by, user: { login: "oakum[bot]" } });
    if (closed_by !== null && "type" in closed_by && closed_by.type === "User" && "login" in closed_by) {
      const [status, body] = permission === undefined ? [404, { message: "Not Found" }] : [200, { permission }];
      nock(API).get(`${REPOSITORY}/collaborators/${closed_by.login}/permission`).reply(status, body);
    }
    expect(await mockedGitHub().pulls.closing(web, 5)).toMatchObject({ by: closer, openedByUs: true });
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
  const merge = (method: "merge" | "squash" | "rebase" = "merge") =>
    mockedGitHub().pulls.merge(web, 5, { head: SHA, title: "fix", method });

  test.each([
    ["merge", { commit_title: "fix" }],
    ["squash", { commit_title: "fix" }],
    ["rebase", {}],
  ] as const)("is by %s, which is asked for", async (method, more) => {
    mockApp();
    nock(API)
      .put(`${REPOSITORY}/pulls/5/merge`, { sha: SHA, merge_method: method, ...more })
      .reply(200, { sha: MERGE });
    expect(await merge(method)).toBe(MERGE);
  });

  test.each([
    [405, "Base branch was modified. Review and try the merge again.", "CONFLICT"],
    [409, "Head branch was modified. Review and try the merge again.", "CONFLICT"],
    [422, "Validation failed", "CONFLICT"],
    [405, "At least 1 approving review is required by reviewers with write access.", "DENIED"],
  ])("that GitHub refuses (%i: %s) is %s, in its words", async (status, message, code) => {
    mockApp();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(status, { message });
    get({});
    await expect(merge()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test.each([405, 502])("that was done, though the answer is %i, counts", async (status) => {
    mockApp();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(status, { message: "no" });
    get({ state: "closed", merged: true, merge_commit_sha: MERGE });
    expect(await merge()).toBe(MERGE);
  });

  test("of another head does not count", async () => {
    mockApp();
    nock(API).put(`${REPOSITORY}/pulls/5/merge`).reply(409, { message: "no" });
    get({ state: "closed", merged: true, merge_commit_sha: MERGE, head: { ...pull.head, sha: MERGE } });
    await expect(merge()).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("a pull and the merge queue", () => {
  const answer = (more: object) => ({
    data: {
      repository: {
        pullRequest: { id: "PR_5", headRefOid: SHA, reviewDecision: null, mergeStateStatus: "CLEAN", ...more },
      },
    },
  });
  const removed = { timelineItems: { nodes: [{ reason: "CI_FAILURE" }] }, mergeQueueEntry: null };
  const ask = (more: object) =>
    nock(API)
      .post("/graphql", /pullRequest\(number/)
      .reply(200, answer(more));
  const act = (body: object) =>
    nock(API)
      .post("/graphql", /enqueuePullRequest/)
      .reply(200, body);
  const refusal = { data: null, errors: [{ type: "UNPROCESSABLE", message: "Waiting on code owner review" }] };
  const enqueue = () => mockedGitHub().pulls.enqueue(web, 5, SHA);

  test.each([
    [removed, { blocked: false, left: "CI_FAILURE" }],
    [
      { mergeQueueEntry: { position: 2 }, mergeStateStatus: "BLOCKED" },
      { blocked: true, position: 2 },
    ],
    [
      { reviewDecision: "REVIEW_REQUIRED", mergeStateStatus: "UNKNOWN" },
      { blocked: undefined, review: "required" },
    ],
  ])("%o is told as %o", async (more, expected) => {
    mockApp();
    ask(more);
    expect(await mockedGitHub().pulls.standing(web, 5, { queue: true })).toEqual({ head: SHA, ...expected });
  });

  test("is put in by exactly the expected head, once", async () => {
    mockApp();
    ask({ mergeQueueEntry: null });
    nock(API)
      .post(
        "/graphql",
        ({ variables }) => variables.input?.expectedHeadOid === SHA && variables.input.pullRequestId === "PR_5",
      )
      .reply(200, { data: { enqueuePullRequest: { clientMutationId: null } } });
    await enqueue();
    ask({ mergeQueueEntry: { position: 1 } });
    await enqueue();
  });

  test.each([
    ["was queued", { mergeQueueEntry: { position: 1 } }, undefined],
    ["moved", { mergeQueueEntry: null, headRefOid: MERGE }, "CONFLICT"],
    ["is refused", { mergeQueueEntry: null }, "DENIED"],
  ])("that %s after a failure is seen to be so", async (_, after, code) => {
    mockApp();
    ask({ mergeQueueEntry: null });
    act(refusal);
    ask(after);
    if (code === undefined) await enqueue();
    else await expect(enqueue()).rejects.toMatchObject({ code });
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
