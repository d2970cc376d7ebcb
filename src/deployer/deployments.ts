import { AppError } from "../core/errors.ts";
import { type Repository, type RepositoryId, repositoryKey } from "../core/repository.ts";
import type { Observed, Release, Target } from "../core/rollout/rollout.ts";
import type { Deployment, DeploymentStatus } from "../github/deployments.ts";
import type { GitHub } from "../github/github.ts";
import type { Deployer } from "./deployer.ts";
import { askRunning, type Running } from "./deployments/running.ts";

export interface DeploymentsDeployerOptions {
  readonly github: Pick<GitHub, "deployments">;
  readonly repositoryOf: (id: RepositoryId) => Promise<Repository>;
  /** What the operator says of a target; `undefined` where nothing is granted. */
  readonly deliveryOf: (target: Target) => Promise<Delivery | undefined>;
  readonly fetch: typeof globalThis.fetch;
}

/** The organisation's delivery to one target. */
interface Delivery {
  /** The address that answers what the target runs. */
  readonly running: URL;
  /** The logins whose deployment statuses count there. */
  readonly creators: readonly string[];
}

/** What GitHub takes of a description. */
const LONGEST_DESCRIPTION = 140;

const STATES: Readonly<Record<string, Observed["deployment"]>> = {
  success: "succeeded",
  failure: "failed",
  error: "failed",
};

/**
 * Hands releases over by GitHub Deployments: the organisation's delivery takes each one up, and reports statuses. The
 * payload is `{"oakum":{"key":…,"image":"host/repository@sha256:…","target":…}}`. Nobody's word is taken for what runs:
 * that is asked of the operator's address. A key is looked for among the hundred newest deployments of the environment.
 */
export function createDeploymentsDeployer(options: DeploymentsDeployerOptions): Deployer {
  const { github, repositoryOf } = options;
  const { deployments } = github;

  async function deliveryOf(target: Target): Promise<Delivery> {
    const delivery = await options.deliveryOf(target);
    if (delivery !== undefined) return delivery;
    throw new AppError(
      "INPUT",
      `the operator names no address that answers what ${target.environment}/${target.name} runs`,
    );
  }

  async function ask(target: Target): Promise<Running> {
    return askRunning(options.fetch, (await deliveryOf(target)).running);
  }

  /** Only of our own making: anyone who may deploy can write our key into a payload. */
  async function find(repository: Repository, target: Target, key: string): Promise<Deployment | undefined> {
    const listed = await deployments.list(repository, target.environment);
    return listed.find(({ ours, payload }) => ours && isFor(payload, target, key));
  }

  async function stateOf(target: Target, key: string): Promise<Observed["deployment"]> {
    const repository = await repositoryOf(target.repository);
    const deployment = await find(repository, target, key);
    if (deployment === undefined) return "none";
    const { creators } = await deliveryOf(target);
    return readState(await deployments.statuses(repository, deployment.id), creators);
  }

  return {
    async observe(target, key) {
      const [{ digests, healthy }, deployment] = await Promise.all([ask(target), stateOf(target, key)]);
      return { running: digests, healthy, deployment };
    },

    async deploy(target, release, expected, key) {
      if (repositoryKey(release.repository) !== repositoryKey(target.repository)) {
        throw new AppError("INPUT", "a GitHub Deployment can only be of a commit of the target's own repository");
      }
      const repository = await repositoryOf(target.repository);
      if ((await find(repository, target, key)) !== undefined) return "accepted";
      const { digests } = await ask(target);
      if (!digests.every((digest) => expected.includes(digest))) return "conflict";
      const image = imageOf(release);
      await deployments.create(repository, {
        sha: release.merge,
        environment: target.environment,
        payload: { oakum: { key, image, target: target.name } },
        description: clip(`${image} to ${target.name}`),
      });
      return "accepted";
    },

    async report(target, key, confirmed, sentence) {
      const repository = await repositoryOf(target.repository);
      const deployment = await find(repository, target, key);
      if (deployment === undefined) return;
      const status = { state: confirmed ? "success" : "failure", description: clip(sentence) } as const;
      const standing = await deployments.statuses(repository, deployment.id);
      if (standing.some(({ state, description }) => state === status.state && description === status.description))
        return;
      await deployments.setStatus(repository, deployment.id, status);
    },
  };
}

function isFor({ oakum }: Deployment["payload"], target: Target, key: string): boolean {
  if (typeof oakum !== "object" || oakum === null) return false;
  return "key" in oakum && oakum.key === key && "target" in oakum && oakum.target === target.name;
}

/** The newest word of a listed creator. `inactive` says that another deployment came after, not how this one went. */
function readState(statuses: readonly DeploymentStatus[], creators: readonly string[]): Observed["deployment"] {
  const last = statuses.find(({ creator, state }) => creators.includes(creator) && state !== "inactive");
  return STATES[last?.state ?? "pending"] ?? "pending";
}

function imageOf({ image }: Release): string {
  return `${image.registry}/${image.repository}@${image.digest}`;
}

function clip(text: string): string {
  return text.length <= LONGEST_DESCRIPTION ? text : `${text.slice(0, LONGEST_DESCRIPTION - 1)}…`;
}
