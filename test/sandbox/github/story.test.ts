import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Job, shop, TestWorld } from "./world.ts";

const updateRefs = `mutation ($id: ID!, $updates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $id, refUpdates: $updates }) { clientMutationId }
}`;
const zero = "0".repeat(40);

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

test("an App brings a change from a branch to a deployment", async () => {
  const octokit = world.octokit();
  const { data: main } = await octokit.rest.git.getRef({ ...shop, ref: "heads/main" });
  const { data: tree } = await octokit.rest.git.getTree({ ...shop, tree_sha: main.object.sha, recursive: "1" });
  const dockerfile = tree.tree.find((entry) => entry.path === "Dockerfile")!;
  const { data: blob } = await octokit.rest.git.getBlob({ ...shop, file_sha: dockerfile.sha });
  expect(Buffer.from(blob.content, "base64").toString()).toBe("FROM node:22\nRUN true\n");

  // A signed commit on a new branch, moved there under a lease.
  const { data: changed } = await octokit.rest.git.createTree({
    ...shop,
    base_tree: main.object.sha,
    tree: [{ path: "Dockerfile", mode: "100644", type: "blob", content: "FROM node:22@sha256:1\nRUN true\n" }],
  });
  const { data: commit } = await octokit.rest.git.createCommit({
    ...shop,
    message: "fix(deps): node 22",
    tree: changed.sha,
    parents: [main.object.sha],
  });
  expect(commit.verification).toMatchObject({ verified: true, reason: "valid" });
  const { repository } = await octokit.graphql<{ repository: { id: string } }>(
    `query { repository(owner: "acme", name: "shop") { id ref(qualifiedName: "refs/heads/main") { target { oid } } } }`,
  );
  const updates = [{ name: "refs/heads/oakum/main/node", beforeOid: zero, afterOid: commit.sha }];
  await octokit.graphql(updateRefs, { id: repository.id, updates });

  const { data: pull } = await octokit.rest.pulls.create({
    ...shop,
    title: "Update node",
    head: "oakum/main/node",
    base: "main",
    body: "evidence",
  });
  expect(pull).toMatchObject({ number: 1, commits: 1, changed_files: 1, additions: 1, deletions: 1, mergeable: null });
  await octokit.rest.issues.addLabels({ ...shop, issue_number: 1, labels: ["security"] });

  // CI builds it on demand and leaves an artifact.
  await octokit.rest.actions.createWorkflowDispatch({
    ...shop,
    workflow_id: "build.yml",
    ref: "oakum/main/node",
    inputs: { correlation: "c-1" },
  });
  const job = (await world.order<Job[]>("GET", "jobs"))[0]!;
  expect(job).toMatchObject({ headSha: commit.sha, title: "Build c-1", inputs: { correlation: "c-1" } });
  const content = execFileSync("git", ["-C", job.path, "show", `${job.headSha}:Dockerfile`]).toString();
  expect(content).toContain("sha256:1");
  await world.order("POST", `runs/${job.id}`, { status: "in_progress" });
  const artifacts = { image: { "image.json": '{"digest":"sha256:2"}' } };
  await world.order("POST", `runs/${job.id}`, { status: "completed", conclusion: "success", artifacts });
  const { data: runs } = await octokit.rest.actions.listWorkflowRuns({
    ...shop,
    workflow_id: "build.yml",
    head_sha: commit.sha,
  });
  expect(runs.workflow_runs[0]).toMatchObject({ display_title: "Build c-1", conclusion: "success" });
  const { data: found } = await octokit.rest.actions.listWorkflowRunArtifacts({ ...shop, run_id: job.id });
  const { data: zip } = await octokit.rest.actions.downloadArtifact({
    ...shop,
    artifact_id: found.artifacts[0]!.id,
    archive_format: "zip",
  });
  expect(
    Buffer.from(zip as ArrayBuffer)
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");

  const { data: check } = await octokit.rest.checks.create({ ...shop, name: "oakum", head_sha: commit.sha });
  await octokit.rest.checks.update({
    ...shop,
    check_run_id: check.id,
    conclusion: "success",
    output: { title: "pass", summary: "fixed 3" },
  });
  const { data: checks } = await octokit.rest.checks.listForRef({ ...shop, ref: commit.sha });
  expect(checks.check_runs.map((one) => [one.name, one.app?.slug, one.conclusion])).toEqual([
    ["oakum", "oakum", "success"],
    ["image", "github-actions", "success"],
  ]);

  expect((await octokit.rest.pulls.get({ ...shop, pull_number: 1 })).data.mergeable).toBe(null);
  expect((await octokit.rest.pulls.get({ ...shop, pull_number: 1 })).data.mergeable).toBe(true);
  const { data: merge } = await octokit.rest.pulls.merge({ ...shop, pull_number: 1, sha: commit.sha });
  const { data: merged } = await octokit.rest.pulls.get({ ...shop, pull_number: 1 });
  expect(merged).toMatchObject({ merged: true, state: "closed", merge_commit_sha: merge.sha });

  const { data: deployment } = await octokit.rest.repos.createDeployment({
    ...shop,
    ref: merge.sha,
    environment: "staging",
    auto_merge: false,
    required_contexts: [],
    payload: { digest: "sha256:2" },
  });
  if (!("id" in deployment)) throw new Error("no deployment");
  await octokit.rest.repos.createDeploymentStatus({ ...shop, deployment_id: deployment.id, state: "success" });
  const { data: statuses } = await octokit.rest.repos.listDeploymentStatuses({
    ...shop,
    deployment_id: deployment.id,
  });
  expect(statuses.map((status) => [status.state, status.creator?.login])).toEqual([["success", "oakum[bot]"]]);

  const heard = (await world.webhooks()).map(({ event, action }) => [event, action].filter(Boolean).join("."));
  expect(heard).toEqual(
    expect.arrayContaining([
      "installation.created",
      "push",
      "pull_request.opened",
      "pull_request.labeled",
      "pull_request.closed",
      "workflow_run.requested",
      "workflow_run.in_progress",
      "workflow_run.completed",
      "check_run.created",
      "check_run.completed",
      "check_suite.requested",
      "check_suite.completed",
      "deployment.created",
      "deployment_status.created",
    ]),
  );
  expect(await world.order("GET", "violations")).toEqual([]);
}, 60_000);
