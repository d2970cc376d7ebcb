import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { userInfo } from "node:os";
import type { Logger } from "pino";
import manifest from "../package.json" with { type: "json" };
import type { LocalTools, RegistrySession, RunningApp } from "./cli/tools.ts";
import {
  type AppEnvironment,
  githubOf,
  readServeEnvironment,
  readStoreEnvironment,
  readWorkerEnvironment,
  type ServeEnvironment,
  type StoreEnvironment,
} from "./config/environment.ts";
import { deliveryOf, grantedEnvironment, registryAccess } from "./config/grants.ts";
import { loadOperator } from "./config/operator.ts";
import type { Operator } from "./config/operator-schema.ts";
import { createSecretReader } from "./config/secret.ts";
import type { Control, RequestName } from "./control/control.ts";
import { AppError } from "./core/errors.ts";
import type { RepositoryId } from "./core/repository.ts";
import type { WriteLimits } from "./core/write/window.ts";
import type { Context, Operation } from "./flow/context.ts";
import type { GitHub } from "./github/github.ts";
import { compose } from "./manager/compose/compose.ts";
import { dockerfile } from "./manager/dockerfile/dockerfile.ts";
import { helm } from "./manager/helm/helm.ts";
import { kubernetes } from "./manager/kubernetes/kubernetes.ts";
import { kustomize } from "./manager/kustomize/kustomize.ts";
import type { Manager } from "./manager/manager.ts";
import { azurePipelines } from "./manager/pipelines/azure-pipelines.ts";
import { bitbucketPipelines } from "./manager/pipelines/bitbucket-pipelines.ts";
import { circleci } from "./manager/pipelines/circleci.ts";
import { cloudBuild } from "./manager/pipelines/cloud-build.ts";
import { drone } from "./manager/pipelines/drone.ts";
import { githubActions } from "./manager/pipelines/github-actions.ts";
import { gitlabCi } from "./manager/pipelines/gitlab-ci.ts";
import { quadlet } from "./manager/quadlet/quadlet.ts";
import type { AllowRegistry } from "./registry/oci/endpoint.ts";
import { isPublicRegistry } from "./registry/oci/public-registries.ts";
import type { TrustedRealms } from "./registry/oci/realm.ts";
import type { Metrics } from "./server/metrics.ts";
import type { Server } from "./server/server.ts";
import type { StoreOptions } from "./store/kysely/open.ts";
import type { OpenStore, Worker } from "./store/store.ts";

/** The only composition root: everything that exists is listed here, and loaded only when it is needed. */

const USER_AGENT = "oakum";
const MANAGERS: readonly Manager[] = [
  dockerfile,
  compose,
  kubernetes,
  kustomize,
  helm,
  quadlet,
  githubActions,
  gitlabCi,
  circleci,
  azurePipelines,
  bitbucketPipelines,
  drone,
  cloudBuild,
];
/** Jobs at once: they wait for others most of the time. */
const CONCURRENCY = 8;

type Variables = Readonly<Record<string, string | undefined>>;

/** What the commands that work on a checkout or on the store need. */
export function localTools(variables: Variables): LocalTools {
  return {
    managers: MANAGERS,
    openRegistries: (allowed) => openRegistries(allowed, variables),
    openControl: () => openControl(variables),
    startApp: () => startApp(variables),
    startWorker: () => startWorkerOnly(variables),
    githubAt: (host) => githubAt(host, variables),
    convertManifest: async (api, code) => {
      const { convertManifest } = await import("./github/octokit/app-manifest.ts");
      return convertManifest(api, code, fetch);
    },
    port: variables.PORT ?? "3000",
    user: userOf(variables),
    now: Date.now,
  };
}

/** Behind `sudo`, whoever called it; in a container a user may have no name. */
function userOf({ SUDO_USER }: Variables): string {
  const name = nameOf(process.geteuid?.());
  return SUDO_USER ? `${SUDO_USER} (as ${name})` : name;
}

function nameOf(uid: number | undefined): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${uid}`;
  }
}

function githubAt(host: string | undefined, { GHE_HOST, OAKUM_GITHUB_URL: url }: Variables) {
  const place = githubOf((host ?? GHE_HOST) || undefined, url || undefined);
  return { place, variables: url ? { OAKUM_GITHUB_URL: url } : {} };
}

/** On a checkout, the registries are asked with the logins that the person's own Docker has. */
async function openRegistries(allowed: readonly string[], variables: Variables): Promise<RegistrySession> {
  const { createOciRegistry } = await import("./registry/oci/client.ts");
  const { createDockerConfig } = await import("./registry/credentials/docker-config.ts");
  const { isPublicAddress } = await import("./registry/oci/address.ts");
  const listed = new Set(allowed);
  const allow = (host: string) => {
    const name = hostnameOf(host);
    if (listed.has(host)) return { state: "allowed", plainHttp: isLoopback(name), private: true } as const;
    const isPublic = isIP(name) === 0 ? isPublicName(name) : isPublicAddress(name);
    return isPublic
      ? ({ state: "allowed", plainHttp: false, private: false } as const)
      : ({ state: "denied" } as const);
  };
  const credentials = createDockerConfig({ environment: variables });
  const registry = createOciRegistry({ allow, credentials, now: Date.now, userAgent: USER_AGENT });
  return { registry, allows: (host) => allow(host).state === "allowed", close: () => registry.close() };
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** A name that the public DNS may know; what it resolves to is checked when a connection is made. */
function isPublicName(name: string): boolean {
  return /\.[a-z][a-z0-9-]*$/.test(name) && !/\.(localhost|local|internal|home\.arpa)$/.test(name);
}

/** The way to the store as the environment names it: PostgreSQL, or the embedded one, which another process may have open. */
async function openControl(variables: Variables): Promise<Control> {
  const environment = readStoreEnvironment(variables, readText);
  const { databaseUrl, data } = environment;
  const { answerRequest } = await import("./flow/requests.ts");
  const open = async (): Promise<Control> => {
    const store = await openStoreAt(environment, console);
    const desk = { store, now: Date.now };
    return { ask: (name, input) => answerRequest(desk, name, input), close: store.close };
  };
  if (databaseUrl !== undefined) return open();
  // A command makes no store: not even in a folder that is there for something else.
  if (!existsSync(data)) throw noStore(data);
  const { reachStore } = await import("./control/socket/connect.ts");
  return reachStore(data, async () => {
    if (!existsSync(`${data}/pglite`)) throw noStore(data);
    return open();
  });
}

function noStore(folder: string): AppError {
  return new AppError("INPUT", `there is no store at ${folder}`);
}

/** On the embedded store, commands of this machine ask the process that has it. PostgreSQL they reach themselves. */
async function openControlSocket({ databaseUrl, data }: StoreEnvironment, store: OpenStore, log: Logger) {
  if (databaseUrl !== undefined) return { close: async () => {} };
  const { listenForControl } = await import("./control/socket/listen.ts");
  const { answerRequest } = await import("./flow/requests.ts");
  const desk = { store, now: Date.now };
  const answer = (name: string, input: unknown) => answerRequest(desk, name as RequestName, input);
  return listenForControl({ folder: data, answer, log });
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

/** Starts the App: the store, the worker of its jobs, and the server that GitHub and registries tell of what happened. */
async function startApp(variables: Variables): Promise<RunningApp> {
  const environment = readServeEnvironment(variables, readText);
  return start(environment, variables, async (parts) => {
    await parts.store.jobs.enqueue({ kind: "sweep" });
    return openServer({ ...parts, environment });
  });
}

/** Starts a process that only works on jobs, beside the one that serves, on the same PostgreSQL. */
async function startWorkerOnly(variables: Variables): Promise<RunningApp> {
  const environment = readWorkerEnvironment(variables, readText);
  if (environment.databaseUrl === undefined) {
    throw new AppError(
      "INPUT",
      "a worker needs a PostgreSQL, which DATABASE_URL names: the embedded database is for `oakum serve` alone, which works on the jobs itself",
    );
  }
  const { createWorkerServer } = await import("./server/server.ts");
  return start(environment, variables, async (parts) => createWorkerServer(parts));
}

/** What is open in a process that works for the App. */
interface Opened {
  readonly operator: Operator;
  readonly store: OpenStore;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly github: GitHub;
  readonly limits: WriteLimits | undefined;
}

async function start(
  environment: AppEnvironment,
  variables: Variables,
  openServer: (parts: Opened) => Promise<Server>,
): Promise<RunningApp> {
  const operator = readOperator(environment, variables);
  const { createLogger } = await import("./server/logger.ts");
  const { createMetrics } = await import("./server/metrics.ts");
  const log = createLogger(environment.logLevel);
  // Whatever is open when a start fails is closed again: else the process would neither work nor end.
  await using opened = new AsyncDisposableStack();
  const store = await openStoreAt(environment, log);
  opened.defer(() => store.close());
  const control = await openControlSocket(environment, store, log);
  opened.defer(() => control.close());
  const { context, github, limits, close } = await wire(environment, operator, store, log);
  opened.defer(close);
  const metrics = createMetrics(store, limits);
  const server = await openServer({ operator, store, metrics, limits, log, github });
  const worker = await startJobs(context, store, metrics, log);
  opened.defer(() => worker.stop());
  opened.defer(() => server.close());
  const { port, host } = environment;
  const listening = port === undefined ? undefined : await server.listen(port, host);
  server.ready();
  log.info({ ...listening }, "Oakum is up");
  const running = opened.move();
  return { ...listening, stop: () => running.disposeAsync() };
}

/** Works on the queue's jobs. */
async function startJobs(context: Context, store: OpenStore, metrics: Metrics, log: Logger): Promise<Worker> {
  const { runJob } = await import("./flow/run.ts");
  const { startWorker } = await import("./server/worker.ts");
  return startWorker({
    store,
    handle: (job, run) => runJob(context, run, job),
    concurrency: CONCURRENCY,
    onRefused: (job, error) =>
      log.error({ job, code: error.code, reason: error.message }, "a person must look at this"),
    metrics,
    log,
    now: Date.now,
    random: Math.random,
  });
}

function readOperator(environment: AppEnvironment, variables: Variables): Operator {
  const path = environment.operatorFile;
  const file = path === undefined ? undefined : { path, text: readText(path) };
  return loadOperator(file, createSecretReader(variables, readText));
}

async function openStoreAt({ databaseUrl, data }: StoreEnvironment, log: StoreOptions["log"]): Promise<OpenStore> {
  const { openStore } = await import("./store/kysely/open.ts");
  return openStore(databaseUrl === undefined ? { folder: data } : { url: databaseUrl.reveal() }, {
    log,
    now: Date.now,
  });
}

/** Every port with the adapter that serves it. */
async function wire(environment: AppEnvironment, operator: Operator, store: OpenStore, log: Logger) {
  const { createGitHub } = await import("./github/octokit/octokit.ts");
  const { readPaths } = await import("./flow/read/read.ts");
  const { createWorkflowBuilder } = await import("./builder/workflow.ts");
  const { createDeploymentsDeployer } = await import("./deployer/deployments.ts");
  const { createWebhookNotifier } = await import("./notifier/webhook.ts");
  const { createAdvisorySource } = await import("./scanner/osv/client.ts");
  const { createOsvScanner } = await import("./scanner/osv/osv.ts");
  const { createOciRegistry } = await import("./registry/oci/client.ts");
  const { appId, github: place } = environment;
  const { GITHUBS_LIMITS } = await import("./github/octokit/pace.ts");
  // A GitHub Enterprise Server has no rate limits of its own accord.
  const limits = place.host === "github.com" ? GITHUBS_LIMITS : undefined;
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
    reader: readerOf(MANAGERS),
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

async function openServer(parts: Opened & { readonly environment: ServeEnvironment }): Promise<Server> {
  const { environment, operator, store, metrics, limits, log } = parts;
  const { signatureVerifier } = await import("./server/webhook-signature.ts");
  const { createServer } = await import("./server/server.ts");
  const { createDistributionHook } = await import("./registry/hooks/distribution.ts");
  const verify = signatureVerifier(environment.webhookSecret.reveal());
  const hooks = operator.registries.flatMap(({ host, hook }) =>
    hook === undefined
      ? []
      : [[host, createDistributionHook({ registry: host, token: hook.secret.reveal() })] as const],
  );
  const events = {
    host: environment.github.host,
    app: environment.appId,
    accepts: await parts.github.installations.served(),
  };
  const logins = await openLogins(environment);
  const isReported = operator.policyRepository !== undefined;
  return createServer({
    ...{ verify, events, hooks: new Map(hooks), store, metrics, log, now: Date.now },
    ...{ isReported, ...(limits && { limits }), ...logins },
  });
}

/** Without the App's client secret nobody can log in, and the page is shown on this machine alone. */
async function openLogins({ github: { host, api, web }, login }: ServeEnvironment) {
  if (login === undefined) return {};
  const { createLogins } = await import("./github/octokit/logins.ts");
  const { clientId, clientSecret } = login;
  const options = { host, api, web, clientId, clientSecret: clientSecret.reveal(), fetch, now: Date.now };
  return { logins: createLogins(options) };
}

/** What the steps may ask of the operator's grants. */
function operationOf(operator: Operator, allow: AllowRegistry): Operation {
  return {
    ...(operator.policyRepository !== undefined && { policyRepository: operator.policyRepository }),
    targets: (repository, environment) => {
      if (grantedEnvironment(operator, environment, repository) === undefined) return [];
      const { host, installation, repository: id, name } = repository;
      return [{ repository: { host, installation, repository: id }, environment, name }];
    },
    allows: (registry) => allow(registry).state === "allowed",
    channels: new Set(Object.keys(operator.channels)),
    sweepEvery: operator.sweep * 1000,
    watchEvery: operator.watch * 1000,
  };
}

/** A release may extract more than the one before it, and so may one more manager. */
function readerOf(managers: readonly Manager[]): string {
  return [manifest.version, ...managers.map(({ kind }) => kind)].join(" ");
}

function realmsOf(operator: Operator): TrustedRealms {
  return Object.fromEntries(operator.registries.map(({ host, realms }) => [host, realms]));
}
