import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

describe("opening", () => {
  test("is refused a second time, without commits, from nowhere, or with too long a body", async () => {
    await push("a", { a: "1" });
    await open("a");
    expect(await refused(open("a"))).toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists for acme:a."),
    });
    await world.octokit().rest.git.createRef({ ...shop, ref: "refs/heads/same", sha: (await get()).base.sha });
    expect(await refused(open("same"))).toMatchObject({
      message: expect.stringContaining("No commits between main and same"),
    });
    expect(await refused(open("none"))).toMatchObject({
      status: 422,
      message: expect.stringContaining('"field":"head"'),
    });
    expect(await refused(open("a", { base: "none" }))).toMatchObject({
      message: expect.stringContaining('"field":"base"'),
    });
    await push("b", { b: "1" });
    expect(await refused(open("b", { body: "x".repeat(65_537) }))).toMatchObject({
      status: 422,
      message: expect.stringContaining("maximum is 65536 characters"),
    });
    expect((await open("b", { body: "x".repeat(65_536) })).status).toBe(201);
  });

  test("shows what the branch changes, whatever happened on the base since", async () => {
    await push("a", { Dockerfile: "FROM node:24\n", "new.txt": "1\n" });
    await push("main", { other: "x" });
    const { data } = await open("a");
    expect(data).toMatchObject({ commits: 1, changed_files: 2, additions: 2, deletions: 2 });
    const { data: files } = await world.octokit().rest.pulls.listFiles({ ...shop, pull_number: 1 });
    expect(files.map((file) => [file.filename, file.status])).toEqual([
      ["Dockerfile", "modified"],
      ["new.txt", "added"],
    ]);
  });
});

describe("an open pull request", () => {
  test("follows its branch and says so", async () => {
    await push("a", { a: "1" });
    const { data: opened } = await open("a");
    const { sha } = await push("a", { a: "2" });
    expect(await get()).toMatchObject({ commits: 2, head: { sha } });
    const { data: ref } = await world.octokit().rest.git.getRef({ ...shop, ref: "pull/1/head" });
    expect(ref.object.sha).toBe(sha);
    const [heard] = (await world.webhooks("pull_request")).filter((one) => one.action === "synchronize");
    expect(heard).toMatchObject({ before: opened.head.sha, after: sha, number: 1 });
  });

  test("is computed anew whenever head or base moved: null first", async () => {
    await push("a", { Dockerfile: "FROM a\n" });
    await open("a");
    const mergeable = async () => [(await get()).mergeable, (await get()).mergeable];
    expect(await mergeable()).toEqual([null, true]);
    await push("main", { Dockerfile: "FROM b\n" });
    expect(await mergeable()).toEqual([null, false]);
    expect(await get()).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  });

  test("is listed by head, base and state", async () => {
    await push("a", { a: "1" });
    await push("b", { b: "1" });
    await open("a");
    await open("b");
    const list = async (filter: object) =>
      (await world.octokit().rest.pulls.list({ ...shop, ...filter })).data.map((pull) => pull.number);
    expect(await list({})).toEqual([2, 1]);
    expect(await list({ head: "acme:a" })).toEqual([1]);
    expect(await list({ head: "fork:a" })).toEqual([]);
    expect(await list({ per_page: 1, page: 2 })).toEqual([1]);
    await world.order("POST", "pulls/close", { ...place, number: 1, login: "octocat" });
    expect(await list({ head: "acme:a" })).toEqual([]);
    expect(await list({ state: "closed" })).toEqual([1]);
    const all = await world
      .octokit()
      .paginate("GET /repos/{owner}/{repo}/pulls", { ...shop, state: "all", per_page: 1 });
    expect(all.map((pull) => pull.number)).toEqual([2, 1]);
  });

  test("is edited, closed and opened again, and remembers who closed it", async () => {
    await push("a", { a: "1" });
    await open("a");
    const { pulls, issues } = world.octokit().rest;
    await pulls.update({ ...shop, pull_number: 1, title: "better", body: "evidence" });
    await pulls.update({ ...shop, pull_number: 1, state: "closed" });
    expect((await issues.get({ ...shop, issue_number: 1 })).data.closed_by?.login).toBe("oakum[bot]");
    await pulls.update({ ...shop, pull_number: 1, state: "open" });
    await world.order("POST", "pulls/close", { ...place, number: 1, login: "octocat" });
    expect((await issues.get({ ...shop, issue_number: 1 })).data.closed_by?.login).toBe("octocat");
    const actions = (await world.webhooks("pull_request")).map((one) => one.action);
    expect(actions).toEqual(["opened", "edited", "closed", "reopened", "closed"]);
  });

  test("closes with its branch, and keeps its head", async () => {
    const { sha } = await push("a", { a: "1" });
    await open("a");
    await world.order("POST", "branches/delete", { ...place, branch: "a", login: "octocat" });
    expect(await get()).toMatchObject({ state: "closed", merged: false });
    expect((await world.octokit().rest.git.getRef({ ...shop, ref: "pull/1/head" })).data.object.sha).toBe(sha);
    const reopen = world.octokit().rest.pulls.update({ ...shop, pull_number: 1, title: "changed", state: "open" });
    expect(await refused(reopen)).toMatchObject({ status: 422 });
    // All of the request or nothing: the title went with the rest.
    expect((await get()).title).toBe("a");
    expect((await world.webhooks("pull_request")).map((one) => one.action)).toEqual(["opened", "closed"]);
  });

  test("carries labels, comments and reviews", async () => {
    await push("a", { a: "1" });
    await open("a");
    const { issues, pulls } = world.octokit().rest;
    await issues.addLabels({ ...shop, issue_number: 1, labels: ["security", "critical"] });
    await issues.removeLabel({ ...shop, issue_number: 1, name: "critical" });
    const { data: comment } = await issues.createComment({ ...shop, issue_number: 1, body: "hello" });
    await issues.updateComment({ ...shop, comment_id: comment.id, body: "hello again" });
    await world.order("POST", "reviews", { ...place, number: 1, login: "octocat", state: "APPROVED" });
    expect((await get()).labels.map((label) => label.name)).toEqual(["security"]);
    expect((await issues.listComments({ ...shop, issue_number: 1 })).data.map((one) => one.body)).toEqual([
      "hello again",
    ]);
    const { data: reviews } = await pulls.listReviews({ ...shop, pull_number: 1 });
    expect(reviews).toMatchObject([
      { state: "APPROVED", user: { login: "octocat" }, commit_id: (await get()).head.sha },
    ]);
    expect((await world.webhooks("pull_request_review"))[0]).toMatchObject({ review: { state: "approved" } });
    expect(await world.order("GET", "violations")).toEqual([]);
  });
});
