import { afterAll, beforeAll, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
let sha: string;
beforeAll(async () => {
  world = await TestWorld.start();
  ({ sha } = await world.order<{ sha: string }>("POST", "commits", {
    owner: "acme",
    name: "shop",
    branch: "topic",
    message: "m",
  }));
});
afterAll(() => world.stop());

const annotation = {
  path: "Dockerfile",
  start_line: 1,
  end_line: 1,
  annotation_level: "warning" as const,
  message: "old",
};
const output = (count: number) => ({
  title: "t",
  summary: "s",
  annotations: Array.from({ length: count }, () => annotation),
});

test("annotations come in batches of at most 50, and add up", async () => {
  const { checks } = world.octokit().rest;
  const { data } = await checks.create({ ...shop, name: "many", head_sha: sha, output: output(50) });
  await checks.update({ ...shop, check_run_id: data.id, output: output(20) });
  expect((await checks.get({ ...shop, check_run_id: data.id })).data.output.annotations_count).toBe(70);
  const all = await world.octokit().paginate("GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", {
    ...shop,
    check_run_id: data.id,
    per_page: 100,
  });
  expect(all).toHaveLength(70);
  expect(all[0]).toMatchObject(annotation);
  expect(await refused(checks.create({ ...shop, name: "many", head_sha: sha, output: output(51) }))).toMatchObject({
    status: 422,
  });
});

test("a summary longer than GitHub stores is refused", async () => {
  const long = { title: "t", summary: "x".repeat(65_536) };
  const request = world.octokit().rest.checks.create({ ...shop, name: "long", head_sha: sha, output: long });
  expect(await refused(request)).toMatchObject({ status: 422 });
});

test("only Apps write checks, and each its own", async () => {
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "octocat" });
  const person = world.withToken(token).rest.checks.create({ ...shop, name: "x", head_sha: sha });
  expect(await refused(person)).toMatchObject({ status: 403, message: expect.stringContaining("via a GitHub App") });
  const ci = await world.order<{ token: string }>("POST", "tokens", { login: "github-actions[bot]" });
  const { data } = await world.withToken(ci.token).rest.checks.create({ ...shop, name: "ci", head_sha: sha });
  expect(data.app?.slug).toBe("github-actions");
  const foreign = world.octokit().rest.checks.update({ ...shop, check_run_id: data.id, conclusion: "success" });
  expect(await refused(foreign)).toMatchObject({ status: 403 });
});

test("a check needs a commit, and a completed one a conclusion", async () => {
  const { checks } = world.octokit().rest;
  expect(await refused(checks.create({ ...shop, name: "x", head_sha: "8".repeat(40) }))).toMatchObject({ status: 422 });
  const bare = { ...shop, name: "x", head_sha: sha, status: "completed" } as Parameters<typeof checks.create>[0];
  expect(await refused(checks.create(bare))).toMatchObject({ status: 422 });
});

test("the latest run of a name counts; a suite adds its runs up and tells of its end", async () => {
  const { checks } = world.octokit().rest;
  const { sha: head_sha } = await world.order<{ sha: string }>("POST", "commits", {
    owner: "acme",
    name: "shop",
    branch: "suite",
    message: "suite",
  });
  await checks.create({ ...shop, name: "one", head_sha, conclusion: "failure" });
  await checks.create({ ...shop, name: "one", head_sha, conclusion: "success" });
  const latest = await checks.listForRef({ ...shop, ref: "suite", check_name: "one" });
  expect(latest.data).toMatchObject({ total_count: 1, check_runs: [{ conclusion: "success" }] });
  expect((await checks.listForRef({ ...shop, ref: head_sha, filter: "all" })).data.total_count).toBe(2);
  const { data: suites } = await checks.listSuitesForRef({ ...shop, ref: head_sha });
  expect(suites.check_suites).toMatchObject([{ status: "completed", conclusion: "failure", app: { slug: "oakum" } }]);
  expect((await world.webhooks("check_suite")).map((one) => one.action)).toEqual(
    expect.arrayContaining(["requested", "completed"]),
  );
});

test("statuses combine", async () => {
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "jenkins" });
  const { repos } = world.withToken(token).rest;
  const combined = async () => (await repos.getCombinedStatusForRef({ ...shop, ref: sha })).data;
  expect(await combined()).toMatchObject({ state: "pending", total_count: 0 });
  await repos.createCommitStatus({ ...shop, sha, state: "pending", context: "build" });
  await repos.createCommitStatus({ ...shop, sha, state: "success", context: "build" });
  expect(await combined()).toMatchObject({ state: "success", total_count: 1 });
  await repos.createCommitStatus({ ...shop, sha, state: "error", context: "lint" });
  expect(await combined()).toMatchObject({ state: "failure", total_count: 2 });
  expect((await repos.listCommitStatusesForRef({ ...shop, ref: sha })).data.map((one) => one.state)).toEqual([
    "error",
    "success",
    "pending",
  ]);
});
