import type { Job } from "../core/job.ts";
import type { Priority } from "../core/write/priority.ts";

export interface Jobs {
  /** Something happened: queues the job now, or moves the queued one forward; one more when it is active. */
  enqueue(job: Job, priority?: Priority): Promise<void>;
  /** The same for jobs of different keys, at once. */
  enqueueAll(jobs: readonly Job[], priority?: Priority): Promise<void>;
  /** A timer: queues the job for `at` (milliseconds since the epoch) unless it is queued for an earlier time already. */
  wake(job: Job, at: number, priority?: Priority): Promise<void>;
}
