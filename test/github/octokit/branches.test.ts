import nock from "nock";
import { describe, expect, test } from "vitest";
import { noRules } from "../../core/samples.ts";
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

describe("rules of a branch", () => {
  const RULES = "/repos/acme/web/rules/branches/main?per_page=100";
  const settings = (more: object = {}) => nock(API).get("/repos/acme/web").reply(200, more);

  test("are those of rulesets and of protection, the strictest of each", async () => {
    mockApp();
    settings({ allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: false });
    const checks = (required_status_checks: object[], strict: boolean) => ({
      type: "required_status_checks",
      parameters: { required_status_checks, strict_required_status_checks_policy: strict },
    });
    const pull_request = {
      required_approving_review_count: 1,
      require_code_owner_review: true,
      require_last_push_approval: true,
      required_review_thread_resolution: true,
      allowed_merge_methods: ["squash", "rebase"],
    };
    nock(API)
      .get(RULES)
      .reply(200, [
        { type: "deletion" },
        checks([{ context: "build", integration_id: 7 }, { context: "lint" }], true),
        { type: "pull_request", parameters: pull_request },
        { type: "required_deployments", parameters: { required_deployment_environments: ["qa"] } },
        { type: "merge_queue", parameters: {} },
        { type: "update", parameters: {} },
        { type: "workflows", parameters: { workflows: [] } },
        { type: "a_rule_of_tomorrow" },
      ]);
    const required_status_checks = {
      enforcement_level: "everyone",
      contexts: ["build", "lint", "legacy"],
      checks: [
        { context: "build", app_id: 7 },
        { context: "lint", app_id: null },
      ],
    };
    const protection = { enabled: true, required_status_checks };
    nock(API).get("/repos/acme/web/branches/main").reply(200, { protection });
    const refUpdateRule = {
      requiredApprovingReviewCount: 2,
      requiresCodeOwnerReviews: true,
      requiresConversationResolution: false,
      requiresLinearHistory: true,
      requiresSignatures: true,
    };
    nock(API)
      .post("/graphql")
      .reply(200, { data: { repository: { ref: { refUpdateRule } } } });
    expect(await mockedGitHub().branches.rules(web, "main")).toEqual({
      requiredChecks: [{ context: "build", app: 7 }, { context: "lint" }, { context: "legacy" }],
      strict: true,
      approvals: 2,
      reviews: ["code owners", "of the last push"],
      signatures: true,
      linear: true,
      methods: ["squash"],
      queue: true,
      deployments: ["qa"],
      restricted: true,
      opaque: ["resolved conversations", "workflows", "a_rule_of_tomorrow"],
    });
  });

  test("are none where there is neither, and where the branch is not there yet", async () => {
    mockApp();
    settings();
    nock(API).get(RULES).reply(200, []);
    nock(API).get("/repos/acme/web/branches/main").reply(404, { message: "Branch not found" });
    expect(await mockedGitHub().branches.rules(web, "main")).toEqual(noRules);
  });

  test.each([
    ["never", ["creation", "non_fast_forward"]],
    ["pull_requests_only", ["creation", "non_fast_forward"]],
    ["always", ["non_fast_forward"]],
  ])("on pushes leave out a ruleset that we may bypass: %s", async (bypass, expected) => {
    mockApp();
    const rules = [
      { type: "creation", ruleset_id: 1 },
      { type: "required_signatures", ruleset_id: 1 },
      { type: "non_fast_forward", ruleset_id: 2 },
    ];
    nock(API)
      .get(`/repos/acme/web/rules/branches/${encodeURIComponent("oakum/main/x")}?per_page=100`)
      .reply(200, rules);
    nock(API).get("/repos/acme/web/rulesets/1").reply(200, { current_user_can_bypass: bypass });
    nock(API).get("/repos/acme/web/rulesets/2").reply(200, {});
    expect(await mockedGitHub().branches.pushRules(web, "oakum/main/x")).toEqual(expected);
  });
});

test("two commits are compared: how far one is behind, and its files unless GitHub cut them", async () => {
  mockApp();
  const compare = () => nock(API).get(`/repos/acme/web/compare/${SHA}...${OTHER}`);
  const ask = () => mockedGitHub().branches.compare(web, SHA, OTHER);
  compare().reply(200, { behind_by: 1, files: [{ filename: "a" }, { filename: "b", previous_filename: "c" }] });
  expect(await ask()).toEqual({ behind: 1, files: ["a", "b", "c"] });
  compare().reply(200, { behind_by: 0, files: Array.from({ length: 300 }, (_, index) => ({ filename: `${index}` })) });
  expect(await ask()).toEqual({ behind: 0 });
  compare().reply(404, { message: "No common ancestor" });
  expect(await ask()).toBeUndefined();
});
