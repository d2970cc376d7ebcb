import type { RestEndpointMethodTypes } from "@octokit/rest";
import { AppError } from "../../core/errors.ts";
import type { Deployment, Deployments } from "../deployments.ts";
import { type Client, named } from "./client.ts";

type Listed = RestEndpointMethodTypes["repos"]["listDeployments"]["response"]["data"][number];

const MOST_PAYLOAD = 64 * 1024;

export function createDeployments(client: Client): Deployments {
  return {
    async list(repository, environment) {
      const { repos } = client.on(repository, "readDeployments").rest;
      const [{ login }, { data }] = await Promise.all([
        client.identity(),
        repos.listDeployments({ ...named(repository), environment, per_page: 100 }),
      ]);
      return data.map((listed) => readDeployment(listed, login));
    },

    /** Exactly this commit: nothing is merged into it, and no context of GitHub's decides what our rollout decided. */
    async create(repository, { sha, description, ...deployment }) {
      const { repos } = client.on(repository, "deployments").rest;
      const { login } = await client.identity();
      const { data } = await repos.createDeployment({
        ...named(repository),
        ...deployment,
        ref: sha,
        auto_merge: false,
        required_contexts: [],
        description,
      });
      if (!("id" in data)) throw new AppError("CONFLICT", `GitHub created no deployment: ${data.message}`);
      return readDeployment(data, login);
    },

    async statuses(repository, deployment) {
      const octokit = client.on(repository, "readDeployments");
      const { data } = await octokit.rest.repos.listDeploymentStatuses({
        ...named(repository),
        deployment_id: deployment,
        per_page: 100,
      });
      return data.map(({ state, creator, description }) => ({
        state,
        creator: creator?.login ?? "ghost",
        description,
      }));
    },

    /** Only this deployment: others of the environment, which may be of other targets, stay as they are. */
    async setStatus(repository, deployment, { state, description }) {
      await client.on(repository, "deployments").rest.repos.createDeploymentStatus({
        ...named(repository),
        deployment_id: deployment,
        state,
        description,
        auto_inactive: false,
      });
    },
  };
}

function readDeployment({ id, sha, environment, payload, creator }: Listed, login: string): Deployment {
  return {
    id,
    sha,
    environment,
    payload: readPayload(payload),
    ours: creator?.type === "Bot" && creator.login === login,
  };
}

/** Anyone who may deploy writes payloads, and as text if they like: what is no object counts as empty. */
function readPayload(payload: unknown): Readonly<Record<string, unknown>> {
  const value = typeof payload === "string" ? parse(payload) : payload;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parse(text: string): unknown {
  if (text.length > MOST_PAYLOAD) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
