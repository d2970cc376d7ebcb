import { isAncestor } from "../git/history.ts";
import { resolveCommit } from "../git/revision.ts";
import { Refusal } from "../refusal.ts";
import type { Deployment, DeploymentStatus } from "../state/deployment.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { viewDeployment, viewDeploymentStatus } from "../view/deployment.ts";
import type { World } from "../world.ts";
import { emit } from "./emit.ts";
import { commitMerge } from "./merge-commit.ts";
import { branchSha } from "./ref.ts";
import { moveRefs } from "./refs.ts";
import { latestChecks } from "./required-checks.ts";

export interface DeploymentRequest {
  readonly ref: string;
  readonly task: string;
  readonly autoMerge: boolean;
  /** Contexts that must be green; `undefined`: all there are. */
  readonly requiredContexts: readonly string[] | undefined;
  readonly payload: Json | string;
  readonly environment: string;
  readonly description: string | null;
  readonly transient: boolean;
  readonly production: boolean;
  /** A login. */
  readonly creator: string;
}

/**
 * Creates a deployment, or answers with what GitHub did instead: a ref behind the default branch is merged first.
 * Throws 409 when that conflicts or a context is not green.
 */
export async function deploy(
  world: World,
  repository: Repository,
  asked: DeploymentRequest,
): Promise<Deployment | string> {
  const commit = await resolveCommit(world, repository, asked.ref);
  if (commit === undefined) throw new Refusal(422, `No ref found for: ${asked.ref}`);
  const merged = asked.autoMerge ? await catchUp(world, repository, asked) : undefined;
  if (merged !== undefined) return merged;
  checkContexts(world, repository, commit.sha, asked);
  const { autoMerge: _, requiredContexts: __, ...kept } = asked;
  const named = (name: string) => name.toLowerCase() === asked.environment.toLowerCase();
  if (world.state.find("environment", (one) => one.repository === repository.id && named(one.name)) === undefined) {
    const environment = { repository: repository.id, name: asked.environment, createdAt: world.timestamp() };
    world.state.put("environment", { id: world.state.nextId(), ...environment });
  }
  const id = world.state.nextId();
  const deployment = world.state.put("deployment", {
    ...kept,
    id,
    repository: repository.id,
    sha: commit.sha,
    createdAt: world.timestamp(),
  });
  const payload = { deployment: viewDeployment(world, repository, deployment), workflow: null, workflow_run: null };
  emit(world, { event: "deployment", action: "created", repository, sender: asked.creator, payload });
  return deployment;
}

async function catchUp(world: World, repository: Repository, asked: DeploymentRequest): Promise<string | undefined> {
  const branch = branchSha(world, repository, asked.ref);
  const main = branchSha(world, repository, repository.defaultBranch);
  if (branch === undefined || main === undefined || (await isAncestor(world.git, repository.id, main, branch)))
    return undefined;
  const message = `Merge branch '${repository.defaultBranch}' into ${asked.ref}`;
  const merge = await commitMerge(world, repository, {
    base: branch,
    head: main,
    parents: [branch, main],
    message,
    by: asked.creator,
  });
  if (merge === undefined) throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${asked.ref}.`);
  const update = { name: `refs/heads/${asked.ref}`, after: merge, force: false };
  await moveRefs(world, repository, [update], { login: asked.creator, bypass: false });
  return `Auto-merged ${repository.defaultBranch} into ${asked.ref} on deployment.`;
}

function checkContexts(world: World, repository: Repository, sha: string, asked: DeploymentRequest): void {
  const contexts = new Map<string, boolean>();
  for (const check of latestChecks(world, repository, sha)) {
    contexts.set(check.name, ["success", "neutral", "skipped"].includes(check.conclusion ?? ""));
  }
  for (const status of world.state.all("status", (one) => one.repository === repository.id && one.sha === sha)) {
    contexts.set(status.context, status.state === "success");
  }
  const wanted = asked.requiredContexts ?? [...contexts.keys()];
  if (wanted.every((context) => contexts.get(context) === true)) return;
  throw new Refusal(409, `Conflict: Commit status checks failed for ${asked.ref}.`);
}

export interface StatusRequest {
  readonly state: string;
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly autoInactive: boolean;
  /** A login. */
  readonly creator: string;
}

/** Adds a status to a deployment. A success makes earlier deployments of a passing environment inactive. */
export function setDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  asked: StatusRequest,
): DeploymentStatus {
  const { autoInactive, ...said } = asked;
  if (asked.state === "success" && autoInactive) retireOthers(world, repository, deployment, asked.creator);
  const status = world.state.put("deploymentStatus", {
    ...said,
    id: world.state.nextId(),
    repository: repository.id,
    deployment: deployment.id,
    environment: deployment.environment,
    createdAt: world.timestamp(),
  });
  const payload = {
    deployment_status: viewDeploymentStatus(world, repository, status),
    deployment: viewDeployment(world, repository, deployment),
    check_run: null,
    workflow: null,
    workflow_run: null,
  };
  emit(world, { event: "deployment_status", action: "created", repository, sender: asked.creator, payload });
  return status;
}

function retireOthers(world: World, repository: Repository, current: Deployment, creator: string): void {
  const others = world.state.all(
    "deployment",
    (one) => one.repository === repository.id && one.environment === current.environment && one.id < current.id,
  );
  const inactive = { state: "inactive", description: "", environmentUrl: "", logUrl: "", autoInactive: false, creator };
  for (const other of others.filter((one) => !one.transient && !one.production)) {
    const latest = world.state.all("deploymentStatus", (one) => one.deployment === other.id).at(-1);
    if (latest?.state === "success") setDeploymentStatus(world, repository, other, inactive);
  }
}
