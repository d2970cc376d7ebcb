import { loginOf } from "../access/actor.ts";
import { branchSha, refSha } from "../act/ref.ts";
import { advanceRun, startRun } from "../act/run.ts";
import { readWorkflows, type Trigger } from "../act/workflow-file.ts";
import { readArtifact } from "../artifact/archive.ts";
import { signArtifact } from "../artifact/link.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must, Refusal } from "../refusal.ts";
import type { Artifact, Workflow, WorkflowRun } from "../state/run.ts";
import { apiOf, pageOf } from "../view/address.ts";
import { viewArtifact, viewRun, viewWorkflow } from "../view/run.ts";

function findWorkflow({ world, repository }: RepositoryCall<unknown>, id: string | number): Workflow {
  const named = (one: Workflow) => one.id === Number(id) || one.path === `.github/workflows/${id}`;
  return must(world.state.find("workflow", (one) => one.repository === repository.id && named(one)));
}

function findRun({ world, repository }: RepositoryCall<unknown>, id: number): WorkflowRun {
  const found = world.state.get("run", id);
  return must(found?.repository === repository.id ? found : undefined);
}

function findArtifact({ world, repository }: RepositoryCall<unknown>, id: number): Artifact {
  const found = world.state.get("artifact", id);
  return must(found?.repository === repository.id ? found : undefined);
}

interface RunFilter {
  readonly branch?: string;
  readonly event?: string;
  readonly status?: string;
  readonly head_sha?: string;
  readonly actor?: string;
}

function listRuns(call: RepositoryCall<unknown>, workflow?: Workflow) {
  const { world, repository } = call;
  const wanted = call.parameters as RunFilter;
  const is = (asked: string | undefined, ...values: (string | null)[]) => asked === undefined || values.includes(asked);
  const found = world.state.all(
    "run",
    (run) =>
      run.repository === repository.id &&
      (workflow === undefined || run.workflow === workflow.id) &&
      is(wanted.branch, run.branch) &&
      is(wanted.event, run.event) &&
      is(wanted.status, run.status, run.conclusion) &&
      is(wanted.head_sha, run.headSha) &&
      is(wanted.actor, run.actor),
  );
  const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, workflow_runs: shown });
  return page(found.toReversed(), call.parameters as object, (run) => viewRun(world, repository, run), wrap);
}

/** The inputs of a dispatch, completed with defaults. Throws 422 for one that is missing or was never declared. */
function readInputs(trigger: Trigger, given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const declared = trigger.inputs ?? {};
  const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unexpected.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(declared)) {
    const value = given[name] ?? input?.default;
    if (value === undefined && input?.required) throw new Refusal(422, `Required input '${name}' not provided`);
    inputs[name] = value === undefined ? "" : String(value);
  }
  return inputs;
}

const runs = ["actions:read"] as const;

export const workflows: Operations = {
  ...onRepository("actions/list-repo-workflows", runs, ({ world, repository, parameters }) => {
    const all = world.state.all("workflow", (one) => one.repository === repository.id);
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, workflows: shown });
    return page(all, parameters, (one) => viewWorkflow(world, repository, one), wrap);
  }),

  ...onRepository("actions/get-workflow", runs, (call) => {
    return {
      status: 200,
      body: viewWorkflow(call.world, call.repository, findWorkflow(call, call.parameters.workflow_id)),
    };
  }),

  ...onRepository("actions/create-workflow-dispatch", ["actions:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const { path } = findWorkflow(call, parameters.workflow_id);
    const branch = parameters.ref.replace(/^refs\/(heads|tags)\//, "");
    const sha = branchSha(world, repository, branch) ?? refSha(world, repository, `refs/tags/${branch}`);
    if (sha === undefined) throw new Refusal(422, `No ref found for: ${parameters.ref}`);
    const file = (await readWorkflows(world, repository, sha)).find((one) => one.path === path);
    const trigger = file?.on.workflow_dispatch;
    if (file === undefined || trigger === undefined)
      throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
    const inputs = readInputs(trigger, parameters.inputs ?? {});
    const request = { event: "workflow_dispatch", branch, sha, inputs, actor: loginOf(actor) } as const;
    const run = await startRun(world, repository, file, request);
    if (parameters.return_run_details !== true) return { status: 204 };
    const body = {
      workflow_run_id: run.id,
      run_url: `${apiOf(world, repository)}/actions/runs/${run.id}`,
      html_url: `${pageOf(world, repository)}/actions/runs/${run.id}`,
    };
    return { status: 200, body };
  }),

  ...onRepository("actions/list-workflow-runs", runs, (call) =>
    listRuns(call, findWorkflow(call, call.parameters.workflow_id)),
  ),

  ...onRepository("actions/list-workflow-runs-for-repo", runs, (call) => listRuns(call)),

  ...onRepository("actions/get-workflow-run", runs, (call) => {
    return { status: 200, body: viewRun(call.world, call.repository, findRun(call, call.parameters.run_id)) };
  }),

  ...onRepository("actions/cancel-workflow-run", ["actions:write"], (call) => {
    const run = findRun(call, call.parameters.run_id);
    if (run.status === "completed") throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
    advanceRun(call.world, call.repository, run, { status: "completed", conclusion: "cancelled" });
    return { status: 202, body: {} };
  }),

  ...onRepository("actions/list-workflow-run-artifacts", runs, (call) => {
    const { world, repository, parameters } = call;
    const { id } = findRun(call, parameters.run_id);
    const found = world.state.all("artifact", (one) => one.run === id && (parameters.name ?? one.name) === one.name);
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, artifacts: shown });
    return page(found, parameters, (one) => viewArtifact(world, repository, one), wrap);
  }),

  ...onRepository("actions/get-artifact", runs, (call) => {
    return {
      status: 200,
      body: viewArtifact(call.world, call.repository, findArtifact(call, call.parameters.artifact_id)),
    };
  }),

  ...onRepository("actions/download-artifact", runs, (call) => {
    const { world, parameters } = call;
    const artifact = findArtifact(call, parameters.artifact_id);
    if (parameters.archive_format !== "zip") throw new Refusal(404, "Not Found");
    must(readArtifact(world.folder, artifact.id));
    return { status: 302, headers: { location: signArtifact(world, artifact.id) } };
  }),
};
