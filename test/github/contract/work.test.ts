import { describe, expect, test } from "vitest";
import type { WorkflowRun } from "../../../src/github/workflows.ts";
import { appId, grantedPermissions, type Job, TestWorld } from "../../sandbox/github/world.ts";
import { connect, repositoriesOf, Shop } from "./shop.ts";

const shop = Shop.forThisFile();

describe("checks", () => {
  const annotation = { path: "Dockerfile", line: 1, level: "warning", title: "held", message: "why" } as const;
  const check = { name: "oakum", externalId: "inputs-1", title: "Held", summary: "Why" };

  test("are reported once for the same inputs, with more annotations than one request takes", async () => {
    const { head } = await shop.push("oakum/main/checked", "FROM node:22.5\n");
    const annotations = Array(120).fill(annotation);
    const report = { ...check, head, status: "completed", conclusion: "action_required", annotations } as const;
    await shop.github.checks.report(shop.repository, report);
    await shop.github.checks.report(shop.repository, report);
    const checks = shop.world.octokit().rest.checks;
    const { data } = await checks.listForRef({ owner: "acme", repo: "shop", ref: head, filter: "all" });
    expect(data.check_runs.map(({ output }) => output.annotations_count)).toEqual([120]);
    expect(await shop.github.checks.list(shop.repository, head)).toMatchObject([
      { name: "oakum", app: appId, externalId: "inputs-1", status: "completed", conclusion: "action_required" },
    ]);
  });

  test("are reported once more where a person asks to run them again", async () => {
    const { head } = await shop.push("oakum/main/asked", "FROM node:22.4\n");
    const report = { ...check, head, status: "completed", conclusion: "failure", annotations: [] } as const;
    await shop.github.checks.report(shop.repository, report);
    expect(await shop.github.checks.isRerequested(shop.repository, head)).toBe(false);
    const [first] = await shop.github.checks.list(shop.repository, head);
    await shop.world.order("POST", `checks/${first?.id}`, {});
    expect(await shop.github.checks.isRerequested(shop.repository, head)).toBe(true);
    expect(await shop.github.checks.list(shop.repository, head)).toEqual([first]);
    await shop.github.checks.report(shop.repository, report);
    await shop.github.checks.report(shop.repository, report);
    expect(await shop.github.checks.isRerequested(shop.repository, head)).toBe(false);
    const checks = shop.world.octokit().rest.checks;
    const { data } = await checks.listForRef({ owner: "acme", repo: "shop", ref: head, filter: "all" });
    expect(data.total_count).toBe(2);
  });

  test("that have begun are finished, and the newest verdict is the one that is listed", async () => {
    const { head } = await shop.push("oakum/main/rechecked", "FROM node:22.6\n");
    await shop.github.checks.report(shop.repository, { ...check, head, status: "in_progress", annotations: [] });
    const failed = { ...check, head, externalId: "inputs-2", status: "completed", conclusion: "failure" } as const;
    await shop.github.checks.report(shop.repository, { ...failed, annotations: [annotation] });
    const passed = { ...failed, externalId: "inputs-3", conclusion: "success", annotations: [] } as const;
    await shop.github.checks.report(shop.repository, passed);
    expect(await shop.github.checks.list(shop.repository, head)).toMatchObject([
      { externalId: "inputs-3", conclusion: "success" },
    ]);
  });
});

describe("workflows", () => {
  const workflow = "build.yml";

  async function dispatch(branch: string, correlation: string): Promise<{ run: WorkflowRun; job: Job }> {
    const { head } = await shop.push(branch, `FROM node:22\nLABEL run=${correlation}\n`);
    await shop.github.workflows.dispatch(shop.repository, workflow, branch, { correlation });
    const [run] = await shop.github.workflows.runs(shop.repository, workflow, head);
    const jobs = await shop.world.order<readonly Job[]>("GET", "jobs");
    const job = jobs.find(({ id }) => id === run?.id);
    if (run === undefined || job === undefined) throw new Error("nothing was dispatched");
    return { run, job };
  }

  test("are dispatched on a branch, run, and leave an artifact", async () => {
    const { run, job } = await dispatch("oakum/main/built", "oakum-0123456789ab");
    expect(run).toMatchObject({ event: "workflow_dispatch", title: "Build oakum-0123456789ab", status: "queued" });
    expect(run.head).toBe(await shop.headOf("oakum/main/built"));
    expect(await shop.github.workflows.artifact(shop.repository, run.id, "oakum-build")).toBeUndefined();
    const artifacts = { "oakum-build": { "images.json": "{}" } };
    await shop.world.order("POST", `runs/${job.id}`, { status: "completed", conclusion: "success", artifacts });
    const [done] = await shop.github.workflows.runs(shop.repository, workflow, run.head);
    expect(done).toMatchObject({ id: run.id, status: "completed", conclusion: "success" });
    const found = await shop.github.workflows.artifact(shop.repository, run.id, "oakum-build");
    expect([...(found ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ["images.json", "{}"],
    ]);
  });

  test("are cancelled, again without harm", async () => {
    const { run } = await dispatch("oakum/main/cancelled", "oakum-cancelled");
    await shop.github.workflows.cancel(shop.repository, run.id);
    const [cancelled] = await shop.github.workflows.runs(shop.repository, workflow, run.head);
    expect(cancelled).toMatchObject({ status: "completed", conclusion: "cancelled" });
    await shop.github.workflows.cancel(shop.repository, run.id);
  });

  test("that do not exist have no runs, and cannot be dispatched", async () => {
    expect(await shop.github.workflows.runs(shop.repository, "none.yml", await shop.headOf("main"))).toEqual([]);
    await expect(shop.github.workflows.dispatch(shop.repository, "none.yml", "main", {})).rejects.toMatchObject({
      code: "INPUT",
    });
  });

  test("refuse inputs that they do not declare", async () => {
    const inputs = { correlation: "x", unknown: "y" };
    await expect(shop.github.workflows.dispatch(shop.repository, workflow, "main", inputs)).rejects.toMatchObject({
      code: "INPUT",
    });
  });
});

describe("deployments", () => {
  test("are of exactly one commit, found by environment, and say what became of them", async () => {
    const sha = await shop.headOf("main");
    const payload = { oakum: { key: "rollout-1", image: "ghcr.io/acme/shop@sha256:0", target: "web" } };
    const made = await shop.github.deployments.create(shop.repository, {
      sha,
      environment: "production",
      payload,
      description: "d",
    });
    expect(made).toMatchObject({ sha, environment: "production", payload, ours: true });
    expect(await shop.github.deployments.list(shop.repository, "production")).toEqual([made]);
    expect(await shop.github.deployments.list(shop.repository, "staging")).toEqual([]);
    await shop.github.deployments.setStatus(shop.repository, made.id, {
      state: "failure",
      description: "It does not run",
    });
    await shop.github.deployments.setStatus(shop.repository, made.id, { state: "success", description: "It runs" });
    const creator = "oakum[bot]";
    expect(await shop.github.deployments.statuses(shop.repository, made.id)).toEqual([
      { state: "success", creator, description: "It runs" },
      { state: "failure", creator, description: "It does not run" },
    ]);
  });

  test("by others are not ours, whatever their payload says", async () => {
    const { token } = await shop.world.order<{ token: string }>("POST", "tokens", { login: "mallory" });
    const theirs = { owner: "acme", repo: "shop", ref: "main", environment: "forged", required_contexts: [] };
    await shop.world
      .withToken(token)
      .rest.repos.createDeployment({ ...theirs, payload: { oakum: { key: "rollout-1" } } });
    expect(await shop.github.deployments.list(shop.repository, "forged")).toMatchObject([
      { ours: false, payload: { oakum: { key: "rollout-1" } } },
    ]);
  });
});

test("an installation that lacks a permission is told which", async () => {
  const { statuses: _, deployments: __, ...permissions } = grantedPermissions;
  const poor = await TestWorld.start(permissions);
  try {
    const without = connect(poor);
    const [repository] = await repositoriesOf(without);
    if (repository === undefined) throw new Error("the App sees no repository");
    await expect(without.deployments.list(repository, "production")).rejects.toMatchObject({
      code: "DENIED",
      message: expect.stringContaining("deployments=read"),
    });
    const head = await without.trees.head(repository, "main");
    expect(await without.checks.list(repository, head ?? "")).toEqual([]);
  } finally {
    await poor.stop();
  }
});
