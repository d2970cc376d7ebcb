import type { Deployment, DeploymentStatus, Environment } from "../state/deployment.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";

/** GitHub's `deployment`. */
export function viewDeployment(world: World, repository: Repository, deployment: Deployment): Json {
  const url = `${apiOf(world, repository)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: viewUser(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: apiOf(world, repository),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

/** GitHub's `deployment-status`. */
export function viewDeploymentStatus(world: World, repository: Repository, status: DeploymentStatus): Json {
  const deployment = `${apiOf(world, repository)}/deployments/${status.deployment}`;
  return {
    url: `${deployment}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DeploymentStatus", status.id),
    state: status.state,
    creator: viewUser(world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: deployment,
    repository_url: apiOf(world, repository),
  };
}

/** GitHub's `environment`, which protects nothing here. */
export function viewEnvironment(world: World, repository: Repository, environment: Environment): Json {
  return {
    id: environment.id,
    node_id: nodeId("Environment", environment.id),
    name: environment.name,
    url: `${apiOf(world, repository)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${pageOf(world, repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: environment.createdAt,
    updated_at: environment.createdAt,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}
