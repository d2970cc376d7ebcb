import { type Job, jobKey } from "../../src/core/job.ts";
import type { Jobs } from "../../src/store/jobs.ts";
import type { JobEnd, JobStart, Queue } from "../../src/store/queue.ts";
import type { OpenStore, Tables } from "../../src/store/store.ts";

interface Entry {
  readonly job: Job;
  /** Milliseconds since the epoch; 0 for what has been enqueued. */
  readonly at: number;
  readonly failures: number;
  readonly priority: number;
}

type Run = (start: JobStart) => Promise<JobEnd>;

/**
 * The queue in memory, by the clock of the test: at most one entry of a key, and jobs run one after the other, the earliest
 * first. What a transaction enqueues is queued when it commits.
 */
export class TestQueue implements Queue {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  #run: Run | undefined;
  #fence: (key: string) => Promise<number> = async () => 0;
  /** Called after each job; what it throws ends the draining, with the job still queued. */
  onEnd: () => void = () => {};

  readonly #survive: <T>(work: Promise<T>) => Promise<T>;

  constructor(now: () => number, survive: <T>(work: Promise<T>) => Promise<T>) {
    this.#now = now;
    this.#survive = survive;
  }

  /** The store with this queue in place of its own. */
  around(store: OpenStore): OpenStore {
    this.#fence = (key) => store.transaction(({ fences }) => fences.take(key));
    const own = jobsInto((entry) => this.#put(entry));
    const transaction = async <T>(work: (tables: Tables) => Promise<T>): Promise<T> => {
      const queued: Entry[] = [];
      const jobs = jobsInto((entry) => queued.push(entry));
      const result = await store.transaction((tables) => work({ ...tables, jobs }));
      for (const entry of queued) this.#put(entry);
      return result;
    };
    return { ...store, jobs: own, transaction, queue: this };
  }

  #put(entry: Entry): void {
    const key = jobKey(entry.job);
    const queued = this.#entries.get(key);
    if (queued === undefined || entry.at < queued.at) this.#entries.set(key, entry);
  }

  /** Runs what is due until nothing is. A start that throws leaves its job queued, as a process that dies does. */
  async drain(): Promise<void> {
    for (let entry = this.#due(); entry !== undefined; entry = this.#due()) {
      const { job, failures, priority } = entry;
      this.#entries.delete(jobKey(job));
      try {
        const fence = await this.#fence(jobKey(job));
        const end = this.#run && (await this.#survive(this.#run({ job, priority, failures, fence })));
        this.onEnd();
        if (end?.state === "again") this.#put({ job, at: end.at, failures: end.failures, priority });
      } catch (error) {
        this.#put({ job, at: 0, failures: 0, priority });
        throw error;
      }
    }
  }

  #due(): Entry | undefined {
    const due = [...this.#entries.values()].filter(({ at }) => at <= this.#now());
    return due.sort((one, other) => other.priority - one.priority || one.at - other.at)[0];
  }

  /** When the next job is due; `undefined` when none is queued. */
  next(): number | undefined {
    const times = [...this.#entries.values()].map(({ at }) => at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** When a job is queued for; 0: now. */
  queuedFor(job: Job): number | undefined {
    return this.#entries.get(jobKey(job))?.at;
  }

  /** The keys of what is queued for now. */
  get dueKeys(): readonly string[] {
    return [...this.#entries].flatMap(([key, { at }]) => (at <= this.#now() ? [key] : []));
  }

  /** How urgent what is queued for now is. */
  get duePriorities(): readonly number[] {
    return [...this.#entries.values()].flatMap(({ at, priority }) => (at <= this.#now() ? [priority] : []));
  }

  async work(_: number, run: Run) {
    this.#run = run;
    return { stop: async () => {} };
  }

  async counts() {
    return [];
  }
}

function jobsInto(put: (entry: Entry) => void): Jobs {
  return {
    enqueue: async (job, priority = 0) => put({ job, at: 0, failures: 0, priority }),
    enqueueAll: async (jobs, priority = 0) => {
      for (const job of jobs) put({ job, at: 0, failures: 0, priority });
    },
    wake: async (job, at, priority = 0) => put({ job, at, failures: 0, priority }),
  };
}
