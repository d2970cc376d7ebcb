import type { Logger } from "pino";
import type { AppEnvironment } from "../config/environment.ts";
import { deliveryOf, environmentOf, grantedEnvironment, registryAccess } from "../config/grants.ts";
import type { Operator } from "../config/operator-schema.ts";
import { AppError } from "../core/errors.ts";
import type { RepositoryId } from "../core/repository.ts";
import type { Context, Operation } from "../flow/context.ts";
import type { AllowRegistry } from "../registry/oci/endpoint.ts";
import { isPublicRegistry } from "../registry/oci/public-registries.ts";
import type { TrustedRealms } from "../registry/oci/realm.ts";
import type { OpenStore } from "../store/store.ts";
import { MANAGERS, reader } from "./managers.ts";
import { USER_AGENT } from "./user-agent.ts";

/** Every port with the adapter that serves it. */
export async function wire(environment: AppEnvironment, operator: Operator, store: OpenStore, log: Logger) {
  const { createGitHub } = await import("../github/octokit/octokit.ts");
  const { readPaths } = await import("../flow/read/read.ts");
  const { createWorkflowBuilder } = await import("../builder/workflow.ts");
  const { createDeploymentsDeployer } = await import("../deployer/deployments.ts");
  const { createWebhookNotifier } = await import("../notifier/webhook.ts");
  const { createAdvisorySource } = await import("../scanner/osv/client.ts");
  const { createOsvScanner } = await import("../scanner/osv/osv.ts");
  const { createOciRegistry } = await import("../registry/oci/client.ts");
  const { appId, github: place } = environment;
  const { limitsAt } = await import("../github/octokit/pace.ts");
  const limits = limitsAt(place.host);
  const github = createGitHub({
    appId,
    privateKey: environment.privateKey.reveal(),
    host: place.host,
    accounts: operator.accounts,
    reads: readPaths(MANAGERS),
    baseUrl: place.api,
    log,
    budgets: store.budgets,
    pace: { second: 1000, ...(limits && { writes: limits }) },
  });
  const allow = registryAccess(operator, isPublicRegistry);
  const registry = createOciRegistry({
    allow,
    trustedRealms: realmsOf(operator),
    now: Date.now,
    userAgent: USER_AGENT,
  });
  const advisories = createAdvisorySource({ osv: operator.osv.url, kev: operator.osv.kev, fetch, now: Date.now });
  const repositoryOf = async (id: RepositoryId) => {
    const repository = await store.index.repository(id);
    if (repository === undefined)
      throw new AppError("INPUT", `repository ${id.repository} is not ours to see any more`);
    return repository;
  };
  const channels = Object.entries(operator.channels).map(([name, { url, secret }]) => {
    return [name, { url: new URL(url), ...(secret && { secret: secret.reveal() }) }] as const;
  });
  const context: Context = {
    store,
    github,
    registry,
    managers: MANAGERS,
    reader: reader(),
    builder: createWorkflowBuilder({ github, now: Date.now, log }),
    scanner: createOsvScanner({ registry, advisories, now: Date.now }),
    deployer: createDeploymentsDeployer({
      github,
      repositoryOf,
      deliveryOf: async ({ environment: name, repository }) =>
        deliveryOf(operator, name, await repositoryOf(repository)),
      fetch,
    }),
    notifier: createWebhookNotifier({ channels: new Map(channels), fetch }),
    operation: operationOf(operator, allow),
    now: Date.now,
    log,
  };
  return { context, github, limits, close: () => registry.close() };
}

/** What the steps may ask of the operator's grants. */
function operationOf(operator: Operator, allow: AllowRegistry): Operation {
  return {
    policyRepositories: operator.policyRepository ?? [],
    targets: (repository, environment) => {
      if (grantedEnvironment(operator, environment, repository) === undefined) return [];
      const { host, installation, repository: id, name } = repository;
      return [{ repository: { host, installation, repository: id }, environment, name }];
    },
    environmentOf: (repository, path) => environmentOf(operator, repository, path),
    allows: (registry) => allow(registry).state === "allowed",
    channels: new Set(Object.keys(operator.channels)),
    sweepEvery: operator.sweep * 1000,
    watchEvery: operator.watch * 1000,
  };
}

function realmsOf(operator: Operator): TrustedRealms {
  return Object.fromEntries(operator.registries.map(({ host, realms }) => [host, realms]));
}
