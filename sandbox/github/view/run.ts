import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { Artifact, Workflow, WorkflowRun } from "../state/run.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";
import { viewPullsOf } from "./pull.ts";
import { viewRepository } from "./repository.ts";

const artifactDays = 90;

/** GitHub's `workflow`. */
export function viewWorkflow(world: World, repository: Repository, workflow: Workflow): Json {
  return {
    id: workflow.id,
    node_id: nodeId("Workflow", workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: "active",
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${apiOf(world, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${pageOf(world, repository)}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${pageOf(world, repository)}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

/** GitHub's `workflow-run`. */
export function viewRun(world: World, repository: Repository, run: WorkflowRun): Json {
  const workflow = world.state.get("workflow", run.workflow);
  const api = apiOf(world, repository);
  const url = `${api}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: workflow?.name ?? null,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.branch,
    head_sha: run.headSha,
    path: workflow?.path ?? "",
    display_title: run.title,
    run_number: run.number,
    run_attempt: 1,
    run_started_at: run.createdAt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow,
    check_suite_id: run.suite,
    check_suite_node_id: nodeId("CheckSuite", run.suite),
    url,
    html_url: `${pageOf(world, repository)}/actions/runs/${run.id}`,
    pull_requests: viewPullsOf(world, repository, run.headSha),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: viewUser(world, run.actor),
    triggering_actor: viewUser(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${run.suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${api}/actions/workflows/${run.workflow}`,
    head_commit: world.state.get("suite", run.suite)?.headCommit ?? null,
    repository: viewRepository(world, repository),
    head_repository: viewRepository(world, repository),
    referenced_workflows: [],
  };
}

/** GitHub's `artifact`. */
export function viewArtifact(world: World, repository: Repository, artifact: Artifact): Json {
  const url = `${apiOf(world, repository)}/actions/artifacts/${artifact.id}`;
  const run = world.state.get("run", artifact.run);
  const expires = new Date(Date.parse(artifact.createdAt) + artifactDays * 86_400_000);
  return {
    id: artifact.id,
    node_id: nodeId("Artifact", artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    digest: artifact.digest,
    url,
    archive_download_url: `${url}/zip`,
    expired: Number(expires) <= world.now(),
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: expires.toISOString(),
    workflow_run: {
      id: artifact.run,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run?.branch ?? null,
      head_sha: run?.headSha ?? "",
    },
  };
}
