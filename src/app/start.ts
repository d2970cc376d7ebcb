import type { Logger } from "pino";
import type { RunningApp } from "../cli/tools.ts";
import {
  type AppEnvironment,
  readServeEnvironment,
  readWorkerEnvironment,
  type Variables,
} from "../config/environment.ts";
import { loadOperator } from "../config/operator.ts";
import type { Operator } from "../config/operator-schema.ts";
import { createSecretReader } from "../config/secret.ts";
import { AppError } from "../core/errors.ts";
import type { Context } from "../flow/context.ts";
import type { Metrics } from "../server/metrics.ts";
import type { Server } from "../server/server.ts";
import type { Worker } from "../store/queue.ts";
import type { OpenStore } from "../store/store.ts";
import { type Opened, openServer } from "./server.ts";
import { openControlSocket, openStoreAt, readText } from "./store.ts";
import { wire } from "./wire.ts";

/** Jobs at once: they wait for others most of the time. */
const CONCURRENCY = 8;
/** Milliseconds between two looks at the machine's clock. */
const CLOCK_LOOK = 1_000;

/** Starts the App: the store, the worker of its jobs, and the server that GitHub and registries tell of what happened. */
export async function startApp(variables: Variables): Promise<RunningApp> {
  const environment = readServeEnvironment(variables, readText);
  return start(environment, variables, async (parts) => {
    await parts.store.jobs.enqueue({ kind: "sweep" });
    return openServer({ ...parts, environment });
  });
}

/** Starts a process that only works on jobs, beside the one that serves, on the same PostgreSQL. */
export async function startWorkerOnly(variables: Variables): Promise<RunningApp> {
  const environment = readWorkerEnvironment(variables, readText);
  if (environment.databaseUrl === undefined) {
    throw new AppError(
      "INPUT",
      "a worker needs a PostgreSQL, which DATABASE_URL names: the embedded database is for `oakum serve` alone, which works on the jobs itself",
    );
  }
  const { createWorkerServer } = await import("../server/server.ts");
  return start(environment, variables, async (parts) => createWorkerServer(parts));
}

async function start(
  environment: AppEnvironment,
  variables: Variables,
  openServer: (parts: Opened) => Promise<Server>,
): Promise<RunningApp> {
  const operator = readOperator(environment, variables);
  const { createLogger } = await import("../server/logger.ts");
  const { createMetrics } = await import("../server/metrics.ts");
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
  const clock = await startClockWatch(store, log);
  opened.defer(() => clearInterval(clock));
  opened.defer(() => server.close());
  const { port, host } = environment;
  const listening = port === undefined ? undefined : await server.listen(port, host);
  server.ready();
  log.info({ ...listening }, "Oakum is up");
  const running = opened.move();
  return { ...listening, superseded: store.superseded, stop: () => running.disposeAsync() };
}

/** Looks at everything anew when this machine's clock was set back: what waits for its time would wait for days. */
async function startClockWatch(store: OpenStore, log: Logger): Promise<NodeJS.Timeout> {
  const { watchClock } = await import("../server/clock.ts");
  const look = watchClock({ now: Date.now, passed: () => performance.now() }, (milliseconds) => {
    log.warn({ seconds: Math.round(milliseconds / 1000) }, "this machine's clock was set back");
    store.jobs.enqueue({ kind: "sweep" }).catch((error) => log.error({ err: error }, "a sweep could not be queued"));
  });
  return setInterval(look, CLOCK_LOOK).unref();
}

/** Works on the queue's jobs. */
async function startJobs(context: Context, store: OpenStore, metrics: Metrics, log: Logger): Promise<Worker> {
  const { runJob } = await import("../flow/run.ts");
  const { startWorker } = await import("../server/worker.ts");
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
