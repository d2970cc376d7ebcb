import { afterAll, beforeAll, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

test("an issue is opened with labels, edited, closed and listed", async () => {
  const { issues } = world.octokit().rest;
  const { data: opened } = await issues.create({ ...shop, title: "Report", body: "1", labels: ["report"] });
  expect(opened).toMatchObject({
    number: 1,
    state: "open",
    labels: [{ name: "report" }],
    user: { login: "oakum[bot]" },
  });
  await issues.update({ ...shop, issue_number: 1, body: "2" });
  const list = async (filter: object) => (await issues.listForRepo({ ...shop, ...filter })).data.map((one) => one.body);
  expect(await list({ creator: "oakum[bot]", labels: "report" })).toEqual(["2"]);
  await issues.update({ ...shop, issue_number: 1, state: "closed" });
  expect(await list({})).toEqual([]);
  expect((await issues.get({ ...shop, issue_number: 1 })).data).toMatchObject({
    state: "closed",
    closed_by: { login: "oakum[bot]" },
  });
  expect(await refused(issues.get({ ...shop, issue_number: 99 }))).toMatchObject({ status: 404 });
});

test("comments are deleted, labels are made once", async () => {
  const { issues } = world.octokit().rest;
  const { data: issue } = await issues.create({ ...shop, title: "Talk" });
  const { data: comment } = await issues.createComment({ ...shop, issue_number: issue.number, body: "hello" });
  await issues.deleteComment({ ...shop, comment_id: comment.id });
  expect((await issues.listComments({ ...shop, issue_number: issue.number })).data).toEqual([]);
  expect((await world.webhooks("issue_comment")).map((one) => one.action)).toEqual(["created", "deleted"]);
  await issues.createLabel({ ...shop, name: "security", color: "ff0000" });
  expect(await refused(issues.createLabel({ ...shop, name: "Security", color: "ff0000" }))).toMatchObject({
    status: 422,
  });
  expect((await issues.getLabel({ ...shop, name: "security" })).data.color).toBe("ff0000");
  expect(await refused(issues.removeLabel({ ...shop, issue_number: issue.number, name: "none" }))).toMatchObject({
    status: 404,
  });
});

test("branches and commits are listed", async () => {
  const place = { owner: "acme", name: "shop" };
  const { sha } = await world.order<{ sha: string }>("POST", "commits", {
    ...place,
    branch: "topic/a",
    message: "second",
    files: { a: "1" },
  });
  const { repos } = world.octokit().rest;
  expect((await repos.listBranches(shop)).data.map((branch) => branch.name)).toEqual(["main", "topic/a"]);
  expect((await repos.getBranch({ ...shop, branch: "topic/a" })).data.commit.sha).toBe(sha);
  expect(await refused(repos.getBranch({ ...shop, branch: "none" }))).toMatchObject({ status: 404 });
  expect(await refused(repos.getBranchProtection({ ...shop, branch: "main" }))).toMatchObject({ status: 403 });
  const { data } = await repos.listCommits({ ...shop, sha: "topic/a" });
  expect(data.map((commit) => commit.commit.message)).toEqual(["second", "Initial commit"]);
  expect((await repos.listCommits({ ...shop, sha: "topic/a", path: "Dockerfile" })).data).toHaveLength(1);
  const { data: commit } = await repos.getCommit({ ...shop, ref: "topic/a" });
  expect(commit).toMatchObject({ stats: { total: 1 }, files: [{ filename: "a", status: "added" }] });
  expect(await refused(repos.getCommit({ ...shop, ref: "none" }))).toMatchObject({ status: 422 });
});

test("what a person may do is asked of GitHub", async () => {
  const place = { owner: "acme", name: "shop" };
  const permission = async (username: string) =>
    (await world.octokit().rest.repos.getCollaboratorPermissionLevel({ ...shop, username })).data.permission;
  expect(await permission("passer-by")).toBe("read");
  await world.order("POST", "collaborators", { ...place, login: "alice", permission: "admin" });
  expect(await permission("Alice")).toBe("admin");
  // Nobody pushes who may not write.
  await world.order("POST", "commits", { ...place, branch: "bob", message: "m", files: { b: "1" }, author: "bob" });
  expect(await permission("bob")).toBe("write");
});

test("a role is told as the older permission that it includes, and an App has none", async () => {
  const place = { owner: "acme", name: "shop" };
  const { repos } = world.octokit().rest;
  for (const [role, permission] of [["triage", "read"] as const, ["maintain", "write"] as const]) {
    await world.order("POST", "collaborators", { ...place, login: role, permission: role });
    const { data } = await repos.getCollaboratorPermissionLevel({ ...shop, username: role });
    expect(data).toMatchObject({ permission, role_name: role, user: { role_name: role } });
  }
  const asked = repos.getCollaboratorPermissionLevel({ ...shop, username: "oakum[bot]" });
  expect(await refused(asked)).toMatchObject({ status: 404, message: expect.stringContaining("not a user") });
  const push = { ...place, branch: "triage", message: "m", files: { b: "1" }, author: "triage" };
  await expect(world.order("POST", "commits", push)).rejects.toThrow("403");
});
