import { createWorkflowBuilder } from "../../src/builder/workflow.ts";
import type { AppError } from "../../src/core/errors.ts";
import type { Job } from "../../src/core/job.ts";
import { createDeploymentsDeployer } from "../../src/deployer/deployments.ts";
import type { Context } from "../../src/flow/context.ts";
import { readPaths } from "../../src/flow/read/read.ts";
import { runJob } from "../../src/flow/run.ts";
import { createGitHub } from "../../src/github/octokit/octokit.ts";
import type { Pace } from "../../src/github/octokit/pace.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import type { Manager } from "../../src/manager/manager.ts";
import type { Notice } from "../../src/notifier/notifier.ts";
import { createAdvisorySource } from "../../src/scanner/osv/client.ts";
import { createOsvScanner } from "../../src/scanner/osv/osv.ts";
import { startWorker } from "../../src/server/worker.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { loopbackClient } from "../registry/client.ts";
import { Acts, Crash } from "./crash.ts";
import type { Delivery } from "./delivery.ts";
import { log } from "./log.ts";
import { TestQueue } from "./queue.ts";
import { APP, privateKey, type Surroundings } from "./surroundings.ts";

const MONTH = 30 * 24 * 3_600_000;

/** Where this Oakum runs. */
interface Place {
  readonly around: Surroundings;
  readonly store: OpenStore;
  readonly delivery: Delivery;
}

/** One Oakum: the real steps, worker and adapters, with a queue and a clock that the test moves. */
export class Oakum {
  readonly clock = { now: Date.UTC(2026, 10, 21, 9) };
  readonly acts = new Acts();
  readonly queue = new TestQueue(
    () => this.clock.now,
    (work) => this.acts.survive(work),
  );
  readonly notices: (Notice & { readonly channel: string })[] = [];
  /** What only a person can mend. */
  readonly refused: { readonly job: Job; readonly error: AppError }[] = [];
  /** Hosts that the operator does not allow. */
  readonly forbidden = new Set<string>();
  /** What the advisory source answers with; 200: what it says itself. */
  osvStatus = 200;
  policyRepository: number | readonly number[] | undefined;
  /** How fast GitHub is asked, from the next start on. */
  pace: Pace = { second: 0 };
  managers: readonly Manager[] = [dockerfile];
  environmentOf: Context["operation"]["environmentOf"] = () => undefined;
  context!: Context;
  readonly #world: Place;
  #stop: () => Promise<void> = async () => {};

  constructor(world: Place) {
    this.#world = world;
  }

  /** Starts, or after a crash starts again: everything that only the process remembered is gone. */
  async start(): Promise<void> {
    await this.#stop();
    const store = this.queue.around(this.#world.store);
    const registry = loopbackClient({ now: () => this.clock.now });
    this.#stop = () => registry.close();
    const context = this.#compose(store, registry);
    this.context = context;
    const bugs: unknown[] = [];
    await startWorker({
      store,
      handle: async (job, run) => {
        this.clock.now += 1;
        await runJob(context, run, job).catch((error: unknown) => {
          if (!(error instanceof Error && error.name === "AppError")) bugs.push(error);
          throw error;
        });
        return undefined;
      },
      concurrency: 1,
      onRefused: (job, error) => void this.refused.push({ job, error }),
      metrics: { jobEnded: () => {} },
      log,
      now: () => this.clock.now,
      random: () => 0,
    });
    this.queue.onEnd = () => {
      const [bug] = bugs.splice(0);
      if (bug !== undefined) throw bug;
    };
  }

  /** Does `work`, and dies right after its `number`th act outside; then it is started again. Whether it died. */
  async dieAfter(number: number, work: () => Promise<void>): Promise<boolean> {
    this.acts.crashAfter(number);
    try {
      await work();
      return false;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await this.start();
      return true;
    } finally {
      this.acts.crashAfter(Number.POSITIVE_INFINITY);
    }
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #compose(store: Context["store"], registry: Context["registry"]): Context {
    const now = () => this.clock.now;
    const world = this.#world;
    const github = createGitHub({
      appId: APP,
      privateKey,
      host: "github.test",
      baseUrl: `${world.around.github}/api/v3`,
      accounts: ["acme", "beta"],
      reads: readPaths(this.managers),
      log,
      fetch: this.acts.fetch,
      pace: this.pace,
      budgets: store.budgets,
      // Tokens expire by the time of the sandbox.
      ...(this.pace.writes !== undefined && { now }),
      sleep: async (milliseconds) => {
        this.clock.now += milliseconds;
      },
    });
    const { url: osvUrl } = world.around.advisories;
    const advisories = createAdvisorySource({ osv: osvUrl, kev: `${osvUrl}/kev.json`, fetch: this.#osv, now });
    return {
      store,
      github,
      registry,
      managers: this.managers,
      reader: `test ${this.managers.map(({ kind }) => kind).join(" ")}`,
      builder: createWorkflowBuilder({ github, now, log }),
      scanner: createOsvScanner({ registry, advisories, now }),
      deployer: createDeploymentsDeployer({
        github,
        repositoryOf: async (id) => {
          const repository = await store.index.repository(id);
          if (repository === undefined) throw new Error(`no repository ${id.repository}`);
          return repository;
        },
        deliveryOf: async ({ environment, name }) => {
          return { running: new URL(`http://delivery.test/${name}/${environment}`), creators: ["acme-delivery"] };
        },
        fetch: async (url) => Response.json(world.delivery.runs(new URL(String(url)).pathname.slice(1))),
      }),
      notifier: this.acts.notifier({
        kind: "kept",
        send: async (channel, notice) => void this.notices.push({ channel, ...notice }),
      }),
      operation: this.#operation(),
      now,
      log,
    };
  }

  readonly #osv: typeof fetch = (...request) =>
    this.osvStatus === 200 ? fetch(...request) : Promise.resolve(new Response("", { status: this.osvStatus }));

  #operation(): Context["operation"] {
    const oakum = this;
    return {
      get policyRepositories() {
        return [oakum.policyRepository ?? []].flat();
      },
      targets: ({ host, installation, repository, name }, environment) => [
        { repository: { host, installation, repository }, environment, name },
      ],
      environmentOf: (repository, path) => oakum.environmentOf(repository, path),
      allows: (host) => !oakum.forbidden.has(host),
      channels: new Set(["chat"]),
      sweepEvery: MONTH,
      watchEvery: MONTH,
    };
  }
}
