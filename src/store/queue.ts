import type { Job } from "../core/job.ts";
import type { Priority } from "../core/write/priority.ts";

/** One start of a queued job. */
export interface JobStart {
  readonly job: Job;
  readonly priority: Priority;
  /** How many starts of this job in a row have failed just before. */
  readonly failures: number;
  /** The number of this start, the highest of its key. */
  readonly fence: number;
}

/** What becomes of a job that ran: it is finished, or queued again for `at` (milliseconds since the epoch). */
export type JobEnd =
  | { readonly state: "finished" }
  | { readonly state: "again"; readonly at: number; readonly failures: number };

export interface JobCount {
  readonly kind: Job["kind"];
  readonly state: "due" | "waiting" | "active";
  readonly count: number;
}

export interface Worker {
  /** Starts nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** The worker's side of the queue. Delivery is at least once. */
export interface Queue {
  /** Runs what is due, by priority, about `concurrency` jobs at once, never two of one key. `run` does not throw. */
  work(concurrency: number, run: (start: JobStart) => Promise<JobEnd>): Promise<Worker>;
  counts(): Promise<readonly JobCount[]>;
}
