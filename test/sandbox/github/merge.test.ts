import { afterEach, beforeEach, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start();
});
afterEach(() => world.stop());

const place = { owner: "acme", name: "shop" };
const push = (branch: string, files: Record<string, string | null>, more: object = {}) =>
  world.order<{ sha: string }>("POST", "commits", { ...place, branch, message: `change ${branch}`, files, ...more });
const open = (head: string, more: object = {}) =>
  world.octokit().rest.pulls.create({ ...shop, title: head, head, base: "main", ...more });
const get = async (pull_number = 1) => (await world.octokit().rest.pulls.get({ ...shop, pull_number })).data;
const show = (path: string) => world.octokit().rest.repos.getContent({ ...shop, path, mediaType: { format: "raw" } });

test("keeps both sides: the second pull request does not undo the first", async () => {
  await push("a", { a: "1" });
  await push("b", { b: "1" });
  await open("a");
  await open("b");
  await world.octokit().rest.pulls.merge({ ...shop, pull_number: 1 });
  const { data } = await world.octokit().rest.pulls.merge({ ...shop, pull_number: 2 });
  expect((await show("a")).data).toBe("1");
  expect((await show("b")).data).toBe("1");
  const { data: commit } = await world.octokit().rest.git.getCommit({ ...shop, commit_sha: data.sha });
  expect(commit).toMatchObject({
    message: "Merge pull request #2 from acme/b\n\nb",
    verification: { verified: true },
  });
  expect(commit.parents).toHaveLength(2);
});

test("squashes into one commit with the title asked for", async () => {
  await push("a", { a: "1" });
  await push("a", { a: "2" });
  await open("a");
  const { data } = await world.octokit().rest.pulls.merge({
    ...shop,
    pull_number: 1,
    merge_method: "squash",
    commit_title: "Update (#1)",
    commit_message: "",
  });
  const { data: commit } = await world.octokit().rest.git.getCommit({ ...shop, commit_sha: data.sha });
  expect(commit.message).toBe("Update (#1)");
  expect(commit.parents).toHaveLength(1);
});

test("is refused for another head, a conflict, a draft, a closed one and a method that is off", async () => {
  await push("a", { Dockerfile: "FROM a\n" });
  await open("a", { draft: true });
  const merge = (more: object = {}) => refused(world.octokit().rest.pulls.merge({ ...shop, pull_number: 1, ...more }));
  expect(await merge({ sha: "6".repeat(40) })).toMatchObject({ status: 409 });
  expect(await merge()).toMatchObject({ status: 405, message: expect.stringContaining("draft") });
  await push("b", { Dockerfile: "FROM b\n" });
  await open("b");
  expect(await merge({ pull_number: 2, merge_method: "rebase" })).toMatchObject({ status: 405 });
  await push("main", { Dockerfile: "FROM c\n" });
  expect(await merge({ pull_number: 2 })).toMatchObject({
    status: 405,
    message: expect.stringContaining("not mergeable"),
  });
  await world.order("POST", "pulls/close", { ...place, number: 2, login: "octocat" });
  expect(await merge({ pull_number: 2 })).toMatchObject({ status: 405 });
});

test("waits for the checks that the branch requires, of the App that must report them", async () => {
  await world.order("POST", "rulesets", {
    ...place,
    requiredChecks: [{ context: "oakum", app: 4711 }, { context: "image" }],
  });
  const { data: rules } = await world.octokit().rest.repos.getBranchRules({ ...shop, branch: "main" });
  expect(rules).toMatchObject([
    {
      type: "required_status_checks",
      parameters: { required_status_checks: [{ context: "oakum", integration_id: 4711 }, { context: "image" }] },
    },
  ]);
  const { sha } = await push("a", { a: "1" });
  await open("a");
  const merge = () => world.octokit().rest.pulls.merge({ ...shop, pull_number: 1, sha });
  expect(await refused(merge())).toMatchObject({
    status: 405,
    message: expect.stringMatching(/"oakum" is expected[\s\S]*"image" is expected/),
  });
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "github-actions[bot]" });
  const ci = world.withToken(token).rest;
  await ci.checks.create({ ...shop, name: "oakum", head_sha: sha, conclusion: "success" });
  await ci.repos.createCommitStatus({ ...shop, sha, context: "image", state: "success" });
  expect(await refused(merge())).toMatchObject({ message: expect.stringContaining('"oakum" is expected') });
  const { checks } = world.octokit().rest;
  const { data: check } = await checks.create({ ...shop, name: "oakum", head_sha: sha, status: "in_progress" });
  expect(await refused(merge())).toMatchObject({ message: expect.stringContaining('"oakum" is in progress') });
  await checks.update({ ...shop, check_run_id: check.id, conclusion: "failure" });
  expect(await refused(merge())).toMatchObject({ message: expect.stringContaining('"oakum" is failing') });
  await get();
  expect(await get()).toMatchObject({ mergeable: true, mergeable_state: "blocked" });
  await checks.create({ ...shop, name: "oakum", head_sha: sha, conclusion: "neutral" });
  expect((await merge()).data.merged).toBe(true);
  const update = refused(
    world.octokit().rest.git.updateRef({ ...shop, ref: "heads/main", sha: (await push("b", { b: "" })).sha }),
  );
  expect(await update).toMatchObject({
    status: 422,
    message: expect.stringContaining("Repository rule violations found"),
  });
});

test("happens too when the commits arrive in the base by hand", async () => {
  const { sha } = await push("a", { a: "1" });
  await open("a");
  await world.octokit().rest.git.updateRef({ ...shop, ref: "heads/main", sha });
  expect(await get()).toMatchObject({ state: "closed", merged: true, merge_commit_sha: sha });
});

test("brings the base into the branch when asked to update it", async () => {
  const { sha } = await push("a", { a: "1" });
  await open("a");
  await push("main", { other: "1" });
  const update = (expected_head_sha: string) =>
    world.octokit().rest.pulls.updateBranch({ ...shop, pull_number: 1, expected_head_sha });
  expect(await refused(update("7".repeat(40)))).toMatchObject({ status: 422 });
  await update(sha);
  expect((await get()).head.sha).not.toBe(sha);
  const { data: files } = await world.octokit().rest.pulls.listFiles({ ...shop, pull_number: 1 });
  expect(files.map((file) => file.filename)).toEqual(["a"]);
});
