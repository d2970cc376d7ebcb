import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Job } from "../core/job.ts";
import type { WriteLimits } from "../core/write/window.ts";
import { pauses } from "../flow/pause/pause.ts";
import type { OpenStore } from "../store/store.ts";

/** What is counted. No label holds a name that somebody chose: the page of metrics may be read more widely than the rest. */
export interface Metrics {
  jobEnded(kind: Job["kind"], outcome: string, seconds: number): void;
  webhookReceived(event: string, result: string): void;
  pushHookReceived(kind: string, result: string): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Metrics in a registry of their own. What the store knows is asked of it when they are read.
 * @param limits what GitHub lets an installation write, if it limits that
 */
export function createMetrics(
  store: Pick<OpenStore, "queue" | "ledger" | "index" | "budgets">,
  limits?: WriteLimits,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const jobs = new Histogram({
    ...{ name: "oakum_job_duration_seconds", help: "Starts of jobs, by kind and outcome.", registers },
    ...{ labelNames: ["kind", "outcome"] as const, buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900] },
  });
  const webhooks = new Counter({
    ...{ name: "oakum_webhooks_total", help: "Webhooks of GitHub, by event and result.", registers },
    labelNames: ["event", "result"] as const,
  });
  const hooks = new Counter({
    ...{ name: "oakum_push_hooks_total", help: "Push notifications of registries, by kind and result.", registers },
    labelNames: ["kind", "result"] as const,
  });
  new Gauge({
    ...{ name: "oakum_queue_jobs", help: "Jobs in the queue, by kind and state.", registers },
    labelNames: ["kind", "state"] as const,
    async collect() {
      const counts = await store.queue.counts();
      this.reset();
      for (const { kind, state, count } of counts) this.set({ kind, state }, count);
    },
  });
  new Gauge({
    ...{ name: "oakum_pauses", help: "Pauses in force: of everything, or of one account.", registers },
    async collect() {
      this.set((await pauses(store)).length);
    },
  });
  addBacklog(registers, store, limits);
  return {
    jobEnded: (kind, outcome, seconds) => jobs.observe({ kind, outcome }, seconds),
    webhookReceived: (event, result) => webhooks.inc({ event, result }),
    pushHookReceived: (kind, result) => hooks.inc({ kind, result }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** What waits for GitHub's limits, by the installation's number. */
function addBacklog(registers: Registry[], store: Pick<OpenStore, "budgets">, limits: WriteLimits | undefined): void {
  const labelNames = ["installation"] as const;
  const seconds = new Gauge({
    ...{ name: "oakum_write_backlog_seconds", help: "Estimated time until the last of them may write.", registers },
    labelNames,
  });
  const paused = new Gauge({
    ...{ name: "oakum_github_pause_seconds", help: "Time for which GitHub wants to be left alone.", registers },
    labelNames,
  });
  new Gauge({
    ...{ name: "oakum_write_backlog", help: "Jobs that wait until they may write to GitHub.", registers },
    labelNames,
    async collect() {
      const now = Date.now();
      for (const { installation, waiting, seconds: left, pausedUntil } of await store.budgets.backlogs(
        () => limits,
        now,
      )) {
        this.set({ installation }, waiting);
        seconds.set({ installation }, left);
        paused.set({ installation }, Math.max(0, Math.ceil((pausedUntil - now) / 1000)));
      }
    },
  });
}
