import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Repository, Sha } from "../../src/core/repository.ts";
import type { GitHub, WorkflowRun } from "../../src/github/github.ts";
import { createGitHub } from "../../src/github/octokit/octokit.ts";
import { appId, files, grantedPermissions, type Job, privateKey, TestWorld } from "../sandbox/github/world.ts";

/** The whole adapter against a GitHub on real git repositories that refuses what GitHub's own description refuses. */
const PATIENT = { betweenWrites: 0, betweenNotices: 0, second: 0 };
const log = pino({ enabled: false });
let world: TestWorld;
let github: GitHub;
let shop: Repository;

function connect(at: TestWorld): GitHub {
  return createGitHub({
    appId,
    privateKey,
    host: "github.test",
    baseUrl: `${at.github.url}/api/v3`,
    accounts: ["acme"],
    log,
    pace: PATIENT,
  });
}

async function repositoriesOf(of: GitHub): Promise<readonly Repository[]> {
  return Array.fromAsync(of.installations.repositories());
}

beforeAll(async () => {
  world = await TestWorld.start();
  github = connect(world);
  const [found] = await repositoriesOf(github);
  if (found === undefined) throw new Error("the App sees no repository");
  shop = found;
});

afterAll(async () => {
  // A request, an answer or a GraphQL document that GitHub's description does not know.
  expect(await world.order("GET", "violations")).toEqual([]);
  await world.stop();
});

/** A branch of ours with one commit on the default branch's head, whose Dockerfile says `content`. */
async function push(branch: string, content: string): Promise<{ base: Sha; head: Sha }> {
  const base = await headOf("main");
  const change = { path: "Dockerfile", mode: "100644", content } as const;
  const head = await github.branches.commit(shop, base, [change], "Patch the base image");
  await github.branches.move(shop, branch, await github.trees.head(shop, branch), head);
  return { base, head };
}

async function headOf(branch: string): Promise<Sha> {
  const head = await github.trees.head(shop, branch);
  if (head === undefined) throw new Error(`there is no branch ${branch}`);
  return head;
}

async function open(branch: string, content = `FROM node:22\nLABEL of=${branch}\n`) {
  const { head } = await push(branch, content);
  const pull = await github.pulls.open(shop, { branch, base: "main", title: `Pull of ${branch}`, body: "Why" });
  return { pull, head };
}

/** The pull once GitHub has found out whether it merges. */
async function settled(number: number) {
  for (let tries = 0; tries < 10; tries += 1) {
    const pull = await github.pulls.get(shop, number);
    if (pull.mergeable !== undefined) return pull;
  }
  throw new Error("GitHub never said whether the pull merges");
}

describe("installations", () => {
  test("list what the App may see, by id and name", () => {
    expect(shop).toEqual({
      host: "github.test",
      installation: world.installationId,
      repository: world.repositoryId,
      owner: "acme",
      name: "shop",
      defaultBranch: "main",
      private: false,
      archived: false,
    });
  });

  test("find a repository by its id, whatever its name was", async () => {
    expect(await github.installations.repository(shop, { owner: "acme", name: "old-name" })).toEqual(shop);
  });

  test.each([
    ["repository", { repository: 999_999 }],
    ["installation", { installation: 999_999 }],
  ])("know no other %s", async (_, other) => {
    expect(await github.installations.repository({ ...shop, ...other }, shop)).toBeUndefined();
  });
});

describe("trees", () => {
  test("hold every file, and its bytes by their id", async () => {
    const entries = await github.trees.tree(shop, await headOf("main"));
    expect(entries.map(({ path }) => path).toSorted()).toEqual(Object.keys(files).toSorted());
    const file = entries.find(({ path }) => path === "Dockerfile");
    if (file === undefined) throw new Error("no Dockerfile");
    expect(Buffer.from(await github.trees.blob(shop, file.sha)).toString()).toBe(files.Dockerfile);
    expect(file).toMatchObject({ mode: "100644", size: files.Dockerfile.length });
  });

  test("are whole where GitHub truncates them", async () => {
    const head = await headOf("main");
    const whole = await github.trees.tree(shop, head);
    await world.order("POST", "limits", { tree: 3 });
    const walked = await github.trees.tree(shop, head).finally(() => world.order("POST", "limits", { tree: 100_000 }));
    expect(new Set(walked)).toEqual(new Set(whole));
  });

  test("have no head where there is no branch", async () => {
    expect(await github.trees.head(shop, "oakum/none")).toBeUndefined();
  });
});

describe("branches", () => {
  test("are made, moved without a common history, and deleted, under a lease", async () => {
    const branch = "oakum/main/lease";
    const first = await push(branch, "FROM node:22.1\n");
    expect(await github.branches.matching(shop, "oakum/main/le")).toEqual(new Map([[branch, first.head]]));
    expect(await github.branches.changes(shop, first.head)).toEqual({ parents: [first.base], files: ["Dockerfile"] });
    const second = await push(branch, "FROM node:22.2\n");
    expect(await headOf(branch)).toBe(second.head);
    await expect(github.branches.move(shop, branch, first.base, first.head)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(github.branches.move(shop, branch, undefined, first.head)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await headOf(branch)).toBe(second.head);
    await github.branches.move(shop, branch, second.head, undefined);
    expect(await github.trees.head(shop, branch)).toBeUndefined();
    await github.branches.move(shop, branch, second.head, undefined);
  });

  test("keep what the commit does not touch, and the commit is GitHub's own, signed", async () => {
    const { head } = await push("oakum/main/signed", "FROM node:22.3\n");
    const entries = await github.trees.tree(shop, head);
    expect(entries.map(({ path }) => path).toSorted()).toEqual(Object.keys(files).toSorted());
    const { data } = await world.octokit().rest.repos.getCommit({ owner: "acme", repo: "shop", ref: head });
    expect(data.commit.verification?.verified).toBe(true);
    expect(data.author?.login).toBe("oakum[bot]");
  });

  test("say which checks they require, and of which App", async () => {
    expect(await github.branches.requiredChecks(shop, "main")).toEqual([]);
    await world.order("POST", "repositories", { owner: "acme", name: "guarded", files });
    const requiredChecks = [{ context: "oakum", app: appId }, { context: "lint" }];
    await world.order("POST", "rulesets", { owner: "acme", name: "guarded", requiredChecks });
    const guarded = (await repositoriesOf(github)).find(({ name }) => name === "guarded");
    if (guarded === undefined) throw new Error("not seen");
    expect(await github.branches.requiredChecks(guarded, "main")).toEqual(requiredChecks);
  });
});

describe("pulls", () => {
  test("are opened once, labelled, changed, listed and closed by us", async () => {
    const { pull, head } = await open("oakum/main/once");
    expect(pull).toMatchObject({ branch: "oakum/main/once", head, headRepository: shop.repository, base: "main" });
    const again = github.pulls.open(shop, { branch: pull.branch, base: "main", title: "t", body: "b" });
    await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
    await github.pulls.label(shop, pull.number, ["security", "oakum"]);
    await github.pulls.update(shop, pull.number, { body: "More" });
    expect(await github.pulls.list(shop, pull.branch, "open")).toMatchObject([
      { number: pull.number, body: "More", labels: ["security", "oakum"], state: "open" },
    ]);
    await github.pulls.update(shop, pull.number, { state: "closed" });
    expect(await github.pulls.list(shop, pull.branch, "open")).toEqual([]);
    expect(await github.pulls.list(shop, pull.branch, "all")).toMatchObject([{ state: "closed", closedByUs: true }]);
  });

  test("that a person closed are not closed by us", async () => {
    const { pull } = await open("oakum/main/refused");
    await world.order("POST", "pulls/close", { owner: "acme", name: "shop", number: pull.number, login: "octocat" });
    expect(await github.pulls.get(shop, pull.number)).toMatchObject({ merged: false, closedByUs: false });
  });

  test("follow their branch, and have the reviews of people", async () => {
    const { pull, head } = await open("oakum/main/reviewed");
    const review = { owner: "acme", name: "shop", number: pull.number, login: "octocat", state: "COMMENTED" };
    await world.order("POST", "reviews", review);
    const moved = await push(pull.branch, "FROM node:22.4\n");
    expect(await github.pulls.get(shop, pull.number)).toMatchObject({ head: moved.head });
    expect(await github.pulls.reviews(shop, pull.number)).toMatchObject([
      { user: "octocat", state: "commented", commit: head },
    ]);
  });

  test("are merged by exactly the expected head", async () => {
    const { pull, head } = await open("oakum/main/merged");
    await settled(pull.number);
    const wrong = github.pulls.merge(shop, pull.number, await headOf("main"), "Merge");
    await expect(wrong).rejects.toMatchObject({ code: "CONFLICT" });
    const merge = await github.pulls.merge(shop, pull.number, head, "Merge");
    expect(await headOf("main")).toBe(merge);
    expect(await github.pulls.get(shop, pull.number)).toMatchObject({ merged: true, mergeCommit: merge });
    expect(await github.pulls.merge(shop, pull.number, head, "Merge")).toBe(merge);
  });

  test("that conflict are not merged", async () => {
    const { pull, head } = await open("oakum/main/conflict", "FROM node:22-conflict\n");
    const change = { owner: "acme", name: "shop", files: { Dockerfile: "FROM busybox\n" }, message: "Away" };
    await world.order("POST", "commits", change);
    expect(await settled(pull.number)).toMatchObject({ mergeable: false });
    await expect(github.pulls.merge(shop, pull.number, head, "Merge")).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("checks", () => {
  const annotation = { path: "Dockerfile", line: 1, level: "warning", title: "held", message: "why" } as const;
  const check = { name: "oakum", externalId: "inputs-1", title: "Held", summary: "Why" };

  test("are reported once for the same inputs, with more annotations than one request takes", async () => {
    const { head } = await push("oakum/main/checked", "FROM node:22.5\n");
    const annotations = Array(120).fill(annotation);
    const report = { ...check, head, status: "completed", conclusion: "action_required", annotations } as const;
    await github.checks.report(shop, report);
    await github.checks.report(shop, report);
    const checks = world.octokit().rest.checks;
    const { data } = await checks.listForRef({ owner: "acme", repo: "shop", ref: head, filter: "all" });
    expect(data.check_runs.map(({ output }) => output.annotations_count)).toEqual([120]);
    expect(await github.checks.list(shop, head)).toMatchObject([
      { name: "oakum", app: appId, externalId: "inputs-1", status: "completed", conclusion: "action_required" },
    ]);
  });

  test("that have begun are finished, and the newest verdict is the one that is listed", async () => {
    const { head } = await push("oakum/main/rechecked", "FROM node:22.6\n");
    await github.checks.report(shop, { ...check, head, status: "in_progress", annotations: [] });
    const failed = { ...check, head, externalId: "inputs-2", status: "completed", conclusion: "failure" } as const;
    await github.checks.report(shop, { ...failed, annotations: [annotation] });
    const passed = { ...failed, externalId: "inputs-3", conclusion: "success", annotations: [] } as const;
    await github.checks.report(shop, passed);
    expect(await github.checks.list(shop, head)).toMatchObject([{ externalId: "inputs-3", conclusion: "success" }]);
  });
});

describe("workflows", () => {
  const workflow = "build.yml";

  async function dispatch(branch: string, correlation: string): Promise<{ run: WorkflowRun; job: Job }> {
    const { head } = await push(branch, `FROM node:22\nLABEL run=${correlation}\n`);
    await github.workflows.dispatch(shop, workflow, branch, { correlation });
    const [run] = await github.workflows.runs(shop, workflow, head);
    const jobs = await world.order<readonly Job[]>("GET", "jobs");
    const job = jobs.find(({ id }) => id === run?.id);
    if (run === undefined || job === undefined) throw new Error("nothing was dispatched");
    return { run, job };
  }

  test("are dispatched on a branch, run, and leave an artifact", async () => {
    const { run, job } = await dispatch("oakum/main/built", "oakum-0123456789ab");
    expect(run).toMatchObject({ event: "workflow_dispatch", title: "Build oakum-0123456789ab", status: "queued" });
    expect(run.head).toBe(await headOf("oakum/main/built"));
    expect(await github.workflows.artifact(shop, run.id, "oakum-build")).toBeUndefined();
    const artifacts = { "oakum-build": { "images.json": "{}" } };
    await world.order("POST", `runs/${job.id}`, { status: "completed", conclusion: "success", artifacts });
    const [done] = await github.workflows.runs(shop, workflow, run.head);
    expect(done).toMatchObject({ id: run.id, status: "completed", conclusion: "success" });
    const found = await github.workflows.artifact(shop, run.id, "oakum-build");
    expect([...(found ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ["images.json", "{}"],
    ]);
  });

  test("are cancelled, again without harm", async () => {
    const { run } = await dispatch("oakum/main/cancelled", "oakum-cancelled");
    await github.workflows.cancel(shop, run.id);
    const [cancelled] = await github.workflows.runs(shop, workflow, run.head);
    expect(cancelled).toMatchObject({ status: "completed", conclusion: "cancelled" });
    await github.workflows.cancel(shop, run.id);
  });

  test("that do not exist have no runs, and cannot be dispatched", async () => {
    expect(await github.workflows.runs(shop, "none.yml", await headOf("main"))).toEqual([]);
    await expect(github.workflows.dispatch(shop, "none.yml", "main", {})).rejects.toMatchObject({ code: "INPUT" });
  });

  test("refuse inputs that they do not declare", async () => {
    const inputs = { correlation: "x", unknown: "y" };
    await expect(github.workflows.dispatch(shop, workflow, "main", inputs)).rejects.toMatchObject({ code: "INPUT" });
  });
});

describe("deployments", () => {
  test("are of exactly one commit, found by environment, and say what became of them", async () => {
    const sha = await headOf("main");
    const payload = { oakum: { key: "rollout-1", image: "ghcr.io/acme/shop@sha256:0", target: "web" } };
    const made = await github.deployments.create(shop, { sha, environment: "production", payload, description: "d" });
    expect(made).toMatchObject({ sha, environment: "production", payload, ours: true });
    expect(await github.deployments.list(shop, "production")).toEqual([made]);
    expect(await github.deployments.list(shop, "staging")).toEqual([]);
    await github.deployments.setStatus(shop, made.id, { state: "failure", description: "It does not run" });
    await github.deployments.setStatus(shop, made.id, { state: "success", description: "It runs" });
    const creator = "oakum[bot]";
    expect(await github.deployments.statuses(shop, made.id)).toEqual([
      { state: "success", creator, description: "It runs" },
      { state: "failure", creator, description: "It does not run" },
    ]);
  });

  test("by others are not ours, whatever their payload says", async () => {
    const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "mallory" });
    const theirs = { owner: "acme", repo: "shop", ref: "main", environment: "forged", required_contexts: [] };
    await world.withToken(token).rest.repos.createDeployment({ ...theirs, payload: { oakum: { key: "rollout-1" } } });
    expect(await github.deployments.list(shop, "forged")).toMatchObject([
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
