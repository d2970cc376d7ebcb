import { loginOf } from "../access/actor.ts";
import { deploy, setDeploymentStatus } from "../act/deployment.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must } from "../refusal.ts";
import type { Deployment } from "../state/deployment.ts";
import type { Json } from "../state/json.ts";
import { viewDeployment, viewDeploymentStatus, viewEnvironment } from "../view/deployment.ts";

function findDeployment({ world, repository }: RepositoryCall<unknown>, id: number): Deployment {
  const found = world.state.get("deployment", id);
  return must(found?.repository === repository.id ? found : undefined);
}

export const deployments: Operations = {
  ...onRepository("repos/list-deployments", ["deployments:read"], ({ world, repository, parameters }) => {
    const wanted = (["sha", "ref", "task", "environment"] as const).filter((field) => parameters[field] !== undefined);
    const found = world.state.all(
      "deployment",
      (one) => one.repository === repository.id && wanted.every((field) => parameters[field] === one[field]),
    );
    return page(found.toReversed(), parameters, (one) => viewDeployment(world, repository, one));
  }),

  ...onRepository(
    "repos/create-deployment",
    ["deployments:write"],
    async ({ world, repository, parameters, actor }) => {
      const made = await deploy(world, repository, {
        ref: parameters.ref,
        task: parameters.task ?? "deploy",
        autoMerge: parameters.auto_merge ?? true,
        requiredContexts: parameters.required_contexts,
        payload: (parameters.payload ?? {}) as Json | string,
        environment: parameters.environment ?? "production",
        description: parameters.description ?? null,
        transient: parameters.transient_environment ?? false,
        production: parameters.production_environment ?? (parameters.environment ?? "production") === "production",
        creator: loginOf(actor),
      });
      if (typeof made === "string") return { status: 202, body: { message: made } };
      return { status: 201, body: viewDeployment(world, repository, made) };
    },
  ),

  ...onRepository("repos/get-deployment", ["deployments:read"], (call) => {
    return {
      status: 200,
      body: viewDeployment(call.world, call.repository, findDeployment(call, call.parameters.deployment_id)),
    };
  }),

  ...onRepository("repos/list-deployment-statuses", ["deployments:read"], (call) => {
    const { world, repository, parameters } = call;
    const { id } = findDeployment(call, parameters.deployment_id);
    const found = world.state.all("deploymentStatus", (one) => one.deployment === id);
    return page(found.toReversed(), parameters, (one) => viewDeploymentStatus(world, repository, one));
  }),

  ...onRepository("repos/create-deployment-status", ["deployments:write"], (call) => {
    const { world, repository, parameters, actor } = call;
    const status = setDeploymentStatus(world, repository, findDeployment(call, parameters.deployment_id), {
      state: parameters.state,
      description: parameters.description ?? "",
      environmentUrl: parameters.environment_url ?? "",
      logUrl: parameters.log_url ?? parameters.target_url ?? "",
      autoInactive: parameters.auto_inactive ?? true,
      creator: loginOf(actor),
    });
    return { status: 201, body: viewDeploymentStatus(world, repository, status) };
  }),

  ...onRepository("repos/get-all-environments", ["actions:read"], ({ world, repository, parameters }) => {
    const all = world.state.all("environment", (one) => one.repository === repository.id);
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, environments: shown });
    return page(all, parameters, (one) => viewEnvironment(world, repository, one), wrap);
  }),

  ...onRepository("repos/get-environment", ["actions:read"], ({ world, repository, parameters }) => {
    const named = (name: string) => name.toLowerCase() === parameters.environment_name.toLowerCase();
    const found = must(world.state.find("environment", (one) => one.repository === repository.id && named(one.name)));
    return { status: 200, body: viewEnvironment(world, repository, found) };
  }),
};
