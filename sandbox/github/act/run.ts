import type { Repository } from "../state/repository.ts";
import type { Workflow, WorkflowRun } from "../state/run.ts";
import { mustReadCommit } from "../view/commit.ts";
import { viewRun, viewWorkflow } from "../view/run.ts";
import { actionsApp, type World } from "../world.ts";
import { completeSuite, newSuite, putCheck } from "./check.ts";
import { emit } from "./emit.ts";
import { readWorkflows, runsOnPush, titleOf, type WorkflowFile } from "./workflow-file.ts";

export interface RunRequest {
  readonly event: "push" | "workflow_dispatch";
  readonly branch: string;
  readonly sha: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** A login. */
  readonly actor: string;
}

/** Starts the workflows that a push to a branch starts. */
export async function startPushRuns(
  world: World,
  repository: Repository,
  branch: string,
  sha: string,
  actor: string,
): Promise<void> {
  for (const file of await readWorkflows(world, repository, sha)) {
    workflowOf(world, repository, file);
    if (runsOnPush(file, branch))
      await startRun(world, repository, file, { event: "push", branch, sha, inputs: {}, actor });
  }
}

/** Makes the workflows of a commit known without starting any. */
export async function registerWorkflows(world: World, repository: Repository, sha: string): Promise<void> {
  for (const file of await readWorkflows(world, repository, sha)) workflowOf(world, repository, file);
}

/** Queues a run, with a check run of GitHub Actions for each of its jobs. */
export async function startRun(
  world: World,
  repository: Repository,
  file: WorkflowFile,
  request: RunRequest,
): Promise<WorkflowRun> {
  const { event, branch, sha, inputs, actor } = request;
  const workflow = workflowOf(world, repository, file);
  const suite = await newSuite(world, repository, actionsApp.id, sha, branch);
  const { message } = await mustReadCommit(world, repository, sha);
  const now = world.timestamp();
  const run = world.state.put("run", {
    id: world.state.nextId(),
    repository: repository.id,
    workflow: workflow.id,
    number: world.state.all("run", (one) => one.workflow === workflow.id).length + 1,
    event,
    branch,
    headSha: sha,
    title: titleOf(file, inputs, event === "push" ? (message.split("\n", 1)[0] ?? "") : file.name),
    inputs,
    actor,
    suite: suite.id,
    status: "queued",
    conclusion: null,
    createdAt: now,
    updatedAt: now,
  });
  emitRun(world, repository, run, "requested");
  for (const name of file.jobs) putJob(world, repository, run, name);
  return run;
}

/** Moves a run on: `in_progress`, or `completed` with a conclusion. Its jobs' check runs go along. */
export function advanceRun(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  to: { readonly status: "in_progress" | "completed"; readonly conclusion: string | null },
): WorkflowRun {
  const moved = world.state.put("run", { ...run, ...to, updatedAt: world.timestamp() });
  for (const check of world.state.all("check", (one) => one.suite === run.suite)) {
    const completedAt = to.status === "completed" ? world.timestamp() : null;
    putCheck(world, repository, { ...check, ...to, completedAt }, run.actor);
  }
  emitRun(world, repository, moved, to.status);
  const suite = world.state.get("suite", run.suite);
  if (to.status === "completed" && suite !== undefined) completeSuite(world, repository, suite, run.actor);
  return moved;
}

/** The workflow record of a file, made the first time it is seen. */
function workflowOf(world: World, repository: Repository, file: WorkflowFile): Workflow {
  const known = world.state.find("workflow", (one) => one.repository === repository.id && one.path === file.path);
  if (known !== undefined && known.name === file.name) return known;
  const id = known?.id ?? world.state.nextId();
  const { path, name } = file;
  return world.state.put("workflow", {
    id,
    repository: repository.id,
    path,
    name,
    createdAt: known?.createdAt ?? world.timestamp(),
  });
}

function putJob(world: World, repository: Repository, run: WorkflowRun, name: string): void {
  const check = {
    id: world.state.nextId(),
    repository: repository.id,
    app: actionsApp.id,
    suite: run.suite,
    name,
    headSha: run.headSha,
    externalId: "",
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: run.createdAt,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  putCheck(world, repository, check, run.actor);
}

function emitRun(world: World, repository: Repository, run: WorkflowRun, action: string): void {
  const workflow = world.state.get("workflow", run.workflow);
  if (workflow === undefined) return;
  const payload = {
    workflow_run: viewRun(world, repository, run),
    workflow: viewWorkflow(world, repository, workflow),
  };
  emit(world, { event: "workflow_run", action, repository, sender: run.actor, payload });
}
