import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start();
});
afterEach(async () => {
  expect(await world.order("GET", "violations")).toEqual([]);
  await world.stop();
});

const place = { owner: "acme", name: "shop" };
const reviews = {
  required_approving_review_count: 0,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_review_thread_resolution: false,
};
const oneReview = { ...reviews, required_approving_review_count: 1 };

const rule = (type: string, parameters?: object, more: object = {}) =>
  world.order<{ id: number }>("POST", "rulesets", { ...place, rules: [{ type, parameters }], ...more });
const push = (branch: string, files: Record<string, string>) =>
  world.order<{ sha: string }>("POST", "commits", { ...place, branch, message: `change ${branch}`, files });
const review = (login: string, state = "APPROVED") =>
  world.order("POST", "reviews", { ...place, number: 1, login, state });
const writer = (login: string) => world.order("POST", "collaborators", { ...place, login, permission: "write" });
const merge = (more: object = {}) => world.octokit().rest.pulls.merge({ ...shop, pull_number: 1, ...more });

/** The App's pull request from `oakum/a`, which GitHub signed. */
async function open(): Promise<string> {
  const { git, pulls } = world.octokit().rest;
  const { data: main } = await git.getRef({ ...shop, ref: "heads/main" });
  const { data: parent } = await git.getCommit({ ...shop, commit_sha: main.object.sha });
  const entry = { path: "a", mode: "100644", type: "blob", content: "1" } as const;
  const { data: tree } = await git.createTree({ ...shop, base_tree: parent.tree.sha, tree: [entry] });
  const parents = [main.object.sha];
  const { data: commit } = await git.createCommit({ ...shop, message: "a", tree: tree.sha, parents });
  await git.createRef({ ...shop, ref: "refs/heads/oakum/a", sha: commit.sha });
  await pulls.create({ ...shop, title: "a", head: "oakum/a", base: "main" });
  return commit.sha;
}

describe("a merge is refused", () => {
  const refusal = async (more: object = {}) => {
    const { status, message } = await refused(merge(more));
    expect(status).toBe(405);
    return message;
  };

  test("without the approvals that a rule asks for, of people who may write, and with changes requested", async () => {
    await open();
    await rule("pull_request", { ...reviews, required_approving_review_count: 2 });
    await writer("ann");
    await writer("bob");
    await review("ann");
    await review("passer-by");
    expect(await refusal()).toContain("At least 2 approving reviews are required by reviewers with write access.");
    await review("bob", "CHANGES_REQUESTED");
    expect(await refusal()).toContain("Changes were requested");
    await review("bob");
    expect((await merge()).data.merged).toBe(true);
  });

  test("without a code owner's approval, and without one of who did not push last", async () => {
    await push("main", { ".github/CODEOWNERS": "* @owner\n" });
    await open();
    await rule("pull_request", { ...oneReview, require_code_owner_review: true, require_last_push_approval: true });
    for (const login of ["ann", "owner"]) await writer(login);
    await review("ann");
    expect(await refusal()).toContain("Waiting on code owner review from owner.");
    await review("owner");
    await push("oakum/a", { b: "2" });
    expect(await refusal()).toContain("someone other than the last pusher");
    await review("ann");
    expect((await merge()).data.merged).toBe(true);
  });

  test("once a push made its approval stale, which a merge of the base does not", async () => {
    const sha = await open();
    await rule("pull_request", { ...oneReview, dismiss_stale_reviews_on_push: true });
    await writer("ann");
    await review("ann");
    await push("main", { other: "1" });
    await world.octokit().rest.pulls.updateBranch({ ...shop, pull_number: 1, expected_head_sha: sha });
    const states = async () =>
      (await world.octokit().rest.pulls.listReviews({ ...shop, pull_number: 1 })).data.map(({ state }) => state);
    expect(await states()).toEqual(["APPROVED"]);
    await push("oakum/a", { b: "2" });
    expect(await states()).toEqual(["DISMISSED"]);
    expect(await refusal()).toContain("At least 1 approving review is required");
    expect(await world.webhooks("pull_request_review")).toMatchObject([
      { action: "submitted" },
      { action: "dismissed" },
    ]);
  });

  test("by a way that settings or rules do not allow", async () => {
    await open();
    expect(await refusal({ merge_method: "rebase" })).toBe(
      "Rebase merges are not allowed on this repository. - https://docs.github.com/rest",
    );
    await world.order("PATCH", `repositories/${world.repositoryId}`, { methods: ["merge", "squash", "rebase"] });
    await rule("required_linear_history");
    await rule("required_signatures");
    expect(await refusal({ merge_method: "merge" })).toContain("must not contain merge commits");
    expect(await refusal({ merge_method: "rebase" })).toContain("Commits must have verified signatures.");
    const list = await rule("pull_request", { ...reviews, allowed_merge_methods: ["merge"] });
    expect(await refusal({ merge_method: "squash" })).toContain("The merge method squash is not allowed.");
    await world.order("PATCH", `rulesets/${list.id}`, { rules: [] });
    expect((await merge({ merge_method: "squash" })).data.merged).toBe(true);
  });

  test("behind its base where checks are strict", async () => {
    const sha = await open();
    const checks = { strict_required_status_checks_policy: true, required_status_checks: [] };
    await rule("required_status_checks", checks);
    await push("main", { other: "1" });
    const get = () => world.octokit().rest.pulls.get({ ...shop, pull_number: 1 });
    await get();
    expect((await get()).data).toMatchObject({ mergeable: true, mergeable_state: "behind" });
    expect(await refusal()).toContain("not up to date with the base branch");
    await world.octokit().rest.pulls.updateBranch({ ...shop, pull_number: 1, expected_head_sha: sha });
    expect((await merge()).data.merged).toBe(true);
  });

  test.each([
    ["required_deployments", { required_deployment_environments: ["staging"] }, "Required deployment to staging"],
    ["workflows", { workflows: [{ path: ".github/workflows/scan.yml", repository_id: 1 }] }, "Required workflow"],
    ["update", { update_allows_fetch_and_merge: false }, "Cannot update this protected ref."],
    ["required_signatures", undefined, "Commits must have verified signatures."],
    ["code_scanning", { code_scanning_tools: [] }, "The rule code_scanning is not met."],
  ])("by the rule %s", async (type, parameters, sentence) => {
    await open();
    await push("oakum/a", { b: "unsigned" });
    await rule(type, parameters);
    expect(await refusal()).toContain(sentence);
  });
});

test("a rebase merge puts the commits one by one on the base, without the merges among them", async () => {
  const sha = await open();
  await world.order("PATCH", `repositories/${world.repositoryId}`, { methods: ["rebase"] });
  await push("main", { other: "1" });
  await world.octokit().rest.pulls.updateBranch({ ...shop, pull_number: 1, expected_head_sha: sha });
  const { data } = await merge({ merge_method: "rebase" });
  const { data: commit } = await world.octokit().rest.repos.getCommit({ ...shop, ref: data.sha });
  expect(commit).toMatchObject({ commit: { message: "a" }, files: [{ filename: "a" }] });
  expect(commit.commit.verification?.verified).toBe(false);
  expect((await world.octokit().rest.repos.getContent({ ...shop, path: "other" })).status).toBe(200);
});

describe("a push is refused", () => {
  const restricted = { branch: "oakum/**" };
  const { git } = { git: () => world.octokit().rest.git };
  const main = async () => (await git().getRef({ ...shop, ref: "heads/main" })).data.object.sha;

  test.each([
    ["creation", undefined, "Cannot create ref due to creations being restricted."],
    ["pull_request", reviews, "Changes must be made through a pull request."],
  ])("that makes a branch, by the rule %s", async (type, parameters, sentence) => {
    await rule(type, parameters, restricted);
    const made = await refused(git().createRef({ ...shop, ref: "refs/heads/oakum/b", sha: await main() }));
    expect(made).toMatchObject({ status: 422, message: expect.stringContaining(sentence) });
  });

  test.each([
    ["update", { update_allows_fetch_and_merge: false }, "Cannot update this protected ref."],
    ["non_fast_forward", undefined, "Cannot force-push to this branch"],
    ["deletion", undefined, "Cannot delete this branch"],
    ["required_signatures", undefined, "Commits must have verified signatures."],
  ])("that moves or deletes one, by the rule %s", async (type, parameters, sentence) => {
    await open();
    await rule(type, parameters, restricted);
    const { sha } = await push("theirs", { b: "unsigned" });
    const forced = git().updateRef({ ...shop, ref: "heads/oakum/a", sha, force: true });
    const act = type === "deletion" ? git().deleteRef({ ...shop, ref: "heads/oakum/a" }) : forced;
    expect(await refused(act)).toMatchObject({ status: 422, message: expect.stringContaining(sentence) });
  });

  test("but not of who may bypass the ruleset", async () => {
    await rule("creation", undefined, { ...restricted, bypass: ["oakum[bot]"] });
    await open();
  });
});

test("protection of the older kind is told by the branch and by GraphQL, and rulesets by themselves", async () => {
  await rule("pull_request", oneReview, { kind: "protection", requiredChecks: [{ context: "lint" }] });
  await rule("required_linear_history");
  const { repos } = world.octokit().rest;
  const { data: branch } = await repos.getBranch({ ...shop, branch: "main" });
  expect(branch.protection).toMatchObject({ enabled: true, required_status_checks: { contexts: ["lint"] } });
  const { data: rules } = await repos.getBranchRules({ ...shop, branch: "main" });
  expect(rules.map(({ type }) => type)).toEqual(["required_linear_history"]);
  const query = `query { repository(owner: "acme", name: "shop") { ref(qualifiedName: "refs/heads/main") {
    refUpdateRule { requiredApprovingReviewCount requiresLinearHistory viewerCanPush } } } }`;
  expect(await world.octokit().graphql(query)).toEqual({
    repository: {
      ref: { refUpdateRule: { requiredApprovingReviewCount: 1, requiresLinearHistory: false, viewerCanPush: true } },
    },
  });
});
