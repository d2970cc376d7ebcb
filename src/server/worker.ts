import { type AppError, isAppError } from "../core/errors.ts";
import { type Job, jobKey } from "../core/job.ts";
import type { Log, Run } from "../flow/context.ts";
import type { JobEnd, JobStart, Worker } from "../store/queue.ts";
import type { OpenStore } from "../store/store.ts";
import type { Metrics } from "./metrics.ts";
import { afterError } from "./retry.ts";

export interface WorkerParts {
  readonly store: OpenStore;
  /** Does what the job is about. */
  handle(job: Job, run: Run): Promise<void>;
  /** Jobs at once. */
  readonly concurrency: number;
  /** Told of what only a person can mend: INPUT and DENIED. */
  onRefused(job: Job, error: AppError): void;
  readonly metrics: Pick<Metrics, "jobEnded">;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
}

/** Runs the queue's jobs until stopped. A job that fails never stops the others. */
export function startWorker(parts: WorkerParts): Promise<Worker> {
  return parts.store.queue.work(parts.concurrency, async (start) => {
    const began = parts.now();
    const { outcome, end } = await runJob(parts, start);
    parts.metrics.jobEnded(start.job.kind, outcome, (parts.now() - began) / 1000);
    return end;
  });
}

interface Ended {
  readonly outcome: "finished" | "unavailable" | "conflict" | "refused" | "bug";
  readonly end: JobEnd;
}

async function runJob(parts: WorkerParts, { job, priority, failures, fence }: JobStart): Promise<Ended> {
  const key = jobKey(job);
  try {
    await parts.handle(job, { key, fence, priority });
    return { outcome: "finished", end: { state: "finished" } };
  } catch (error) {
    const { kind, end } = afterError(error, failures, parts.now(), parts.random());
    report(parts, job, error, { key, failures, kind });
    return { outcome: kind, end };
  }
}

function report(
  { log, onRefused }: WorkerParts,
  job: Job,
  error: unknown,
  fields: { readonly key: string; readonly failures: number; readonly kind: Ended["outcome"] },
): void {
  const { kind, ...facts } = fields;
  if (kind === "bug" || !isAppError(error)) {
    log.error({ ...facts, err: error }, "job failed by a bug");
  } else if (kind === "refused") {
    log.warn({ ...facts, code: error.code, err: error }, "job refused");
    onRefused(job, error);
  } else {
    log.info({ ...facts, code: error.code, reason: error.message }, "job will be tried again");
  }
}
