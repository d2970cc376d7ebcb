import { afterAll, beforeAll, expect, test } from "vitest";
import { unpack } from "../../../src/github/octokit/artifact.ts";
import { type Job, refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

const place = { owner: "acme", name: "shop" };
const jobs = () => world.order<Job[]>("GET", "jobs");
const dispatch = (more: object = {}) =>
  world.octokit().rest.actions.createWorkflowDispatch({
    ...shop,
    workflow_id: "build.yml",
    ref: "main",
    inputs: { correlation: "c" },
    ...more,
  });

test("a push to a branch that the workflow names starts a run, another push does not", async () => {
  expect(await jobs()).toEqual([]);
  await world.order("POST", "commits", { ...place, branch: "topic", message: "m", files: { a: "1" } });
  expect(await jobs()).toEqual([]);
  const { sha } = await world.order<{ sha: string }>("POST", "commits", {
    ...place,
    message: "Add b",
    files: { b: "1" },
  });
  expect(await jobs()).toMatchObject([{ event: "push", headSha: sha, title: "Build" }]);
  const { data } = await world
    .octokit()
    .rest.actions.listWorkflowRunsForRepo({ ...shop, head_sha: sha, event: "push" });
  expect(data.workflow_runs).toMatchObject([
    { status: "queued", conclusion: null, path: ".github/workflows/build.yml", run_number: 1 },
  ]);
});

test.each([
  ["a workflow that is not there", { workflow_id: "none.yml" }, 404],
  ["a branch that is not there", { ref: "none" }, 422],
  ["an input that was never declared", { inputs: { correlation: "c", other: "x" } }, 422],
  ["a required input left out", { inputs: {} }, 422],
])("a dispatch is refused for %s", async (_, more, status) => {
  expect(await refused(dispatch(more))).toMatchObject({ status });
});

test("a dispatch is refused where the branch's file has no workflow_dispatch", async () => {
  await world.order("POST", "commits", {
    ...place,
    branch: "without",
    message: "m",
    files: { ".github/workflows/build.yml": "on: [push]\njobs: {}\n" },
  });
  expect(await refused(dispatch({ ref: "without" }))).toMatchObject({
    message: expect.stringContaining("workflow_dispatch"),
  });
});

test("a run is cancelled once, and its checks with it", async () => {
  await dispatch({ inputs: { correlation: "cancelled" } });
  const run = (await jobs()).find((job) => job.title === "Build cancelled")!;
  await world.octokit().rest.actions.cancelWorkflowRun({ ...shop, run_id: run.id });
  const { data } = await world.octokit().rest.actions.getWorkflowRun({ ...shop, run_id: run.id });
  expect(data).toMatchObject({ status: "completed", conclusion: "cancelled" });
  expect(await refused(world.octokit().rest.actions.cancelWorkflowRun({ ...shop, run_id: run.id }))).toMatchObject({
    status: 409,
  });
  await expect(world.order("POST", `runs/${run.id}`, { status: "completed" })).rejects.toThrow(/409/);
  const { data: checks } = await world
    .octokit()
    .rest.checks.listForRef({ ...shop, ref: run.headSha, check_name: "image" });
  expect(checks.check_runs[0]).toMatchObject({ conclusion: "cancelled", app: { slug: "github-actions" } });
});

test("artifacts are real zip archives, behind a link that expires", async () => {
  await dispatch({ inputs: { correlation: "zipped" } });
  const run = (await jobs()).find((job) => job.title === "Build zipped")!;
  const files = { "image.json": '{"digest":"sha256:é"}', "logs/build.txt": "line\n".repeat(500), empty: "" };
  await world.order("POST", `runs/${run.id}`, { status: "completed", artifacts: { image: files } });
  const { actions } = world.octokit().rest;
  const { data } = await actions.listWorkflowRunArtifacts({ ...shop, run_id: run.id, name: "image" });
  expect(data).toMatchObject({ total_count: 1, artifacts: [{ name: "image", expired: false }] });
  const artifact = { ...shop, artifact_id: data.artifacts[0]!.id };
  const { data: zip } = await actions.downloadArtifact({ ...artifact, archive_format: "zip" });
  const unpacked = await unpack(Buffer.from(zip as ArrayBuffer));
  expect([...unpacked].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual(Object.entries(files));

  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "octocat" });
  const link = await fetch(`${world.github.url}/repos/acme/shop/actions/artifacts/${artifact.artifact_id}/zip`, {
    headers: { authorization: `Bearer ${token}` },
    redirect: "manual",
  });
  const location = link.headers.get("location")!;
  expect((await fetch(location)).status).toBe(200);
  expect((await fetch(location.replace(/signature=./, "signature=x"))).status).toBe(404);
  world.skew = 61_000;
  expect((await fetch(location)).status).toBe(404);
  world.skew = 0;
});

test("runs tell of every step, as the contract has it", async () => {
  const actions = (await world.webhooks("workflow_run")).map((one) => one.action);
  expect(new Set(actions)).toEqual(new Set(["requested", "completed"]));
  expect(await world.order("GET", "violations")).toEqual([]);
});
