import { type JobWithMetadata as Claimed, fromKysely } from "pg-boss";
import { jobKey } from "../../core/job.ts";
import type { JobEnd, JobStart, Worker } from "../queue.ts";
import { fencesTable } from "./fences.ts";
import { type Channel, type Entry, enqueue, HEARTBEAT, QUEUE_NAME } from "./queue.ts";
import type { Connection } from "./schema.ts";
import type { Ground } from "./tables.ts";
import { transact } from "./transaction.ts";

/** Jobs of one repository at once, of all processes: whatever it has queued, others have their turn. */
const OF_ONE_REPOSITORY = 2;
/** Milliseconds after which a timer that fell due, or a job that another process queued, is seen at the latest. */
const LOOK = 1000;

type Run = (start: JobStart) => Promise<JobEnd>;

export interface WorkOptions {
  /** Jobs at once. */
  readonly concurrency: number;
  /** Hears of what the database refused: the job is taken up again, by whoever is there. */
  onError(error: unknown): void;
}

/**
 * Runs what is due until stopped: at most `concurrency` jobs at once, one per key. One claims for all of them, as many jobs
 * as there is room for, and none waits for another. It looks when a job was queued or has ended, and now and then.
 */
export async function work(ground: Ground, db: Connection, options: WorkOptions, run: Run): Promise<Worker> {
  const { channel } = ground;
  const active = new Map<Claimed<Entry>, Promise<void>>();
  const news = createNews();
  channel.listeners.add(news.tell);
  const begin = ({ claim, fence }: Fenced) => {
    const ended = settle(channel, db, { claim, fence }, run)
      .catch(options.onError)
      .finally(() => {
        active.delete(claim);
        news.tell();
      });
    active.set(claim, ended);
  };
  let isStopping = false;
  const loop = async () => {
    while (!isStopping) {
      const room = options.concurrency - active.size;
      const claims = room === 0 ? [] : await claim(ground, db, room).catch(nothing(options));
      for (const one of claims) begin(one);
      // Fewer than there is room for may be all of one repository: others may be due yet.
      if (claims.length === 0) await news.wait(room === 0 ? undefined : LOOK);
    }
  };
  const heartbeat = setInterval(() => void touch(channel, [...active.keys()]).catch(options.onError), HEARTBEAT / 2);
  const looped = loop();
  return {
    stop: async () => {
      isStopping = true;
      news.tell();
      await looped;
      await Promise.all(active.values());
      clearInterval(heartbeat);
      channel.listeners.delete(news.tell);
    },
  };
}

function nothing({ onError }: WorkOptions) {
  return (error: unknown): readonly Fenced[] => {
    onError(error);
    return [];
  };
}

/** A claimed entry, and the number of this start of its job. */
interface Fenced {
  readonly claim: Claimed<Entry>;
  readonly fence: number;
}

/** Claims so many entries that are due, and takes their fences, at once. */
function claim({ channel, version }: Ground, db: Connection, batchSize: number): Promise<readonly Fenced[]> {
  return transact(db, async (tx) => {
    const fences = fencesTable(tx, version);
    const options = { batchSize, groupConcurrency: OF_ONE_REPOSITORY, includeMetadata: true } as const;
    const claims = await channel.boss.fetch<Entry>(QUEUE_NAME, { ...options, db: fromKysely(tx) });
    const fenced: Fenced[] = [];
    for (const one of claims) fenced.push({ claim: one, fence: await fences.take(jobKey(one.data.job)) });
    return fenced;
  });
}

/** Says that these are being worked on; else they would be taken for those of a process that died. */
async function touch({ boss }: Channel, claims: readonly Claimed<Entry>[]): Promise<void> {
  if (claims.length > 0) await boss.touch(QUEUE_NAME, [...claims]);
}

/** Runs one claimed entry and ends it, in one transaction with the timer it asked for: so that a crash loses neither. */
async function settle(channel: Channel, db: Connection, { claim, fence }: Fenced, run: Run): Promise<void> {
  const { job, failures, priority = 0 } = claim.data;
  const end = await run({ job, priority, failures, fence });
  await transact(db, async (tx) => {
    await channel.boss.complete(QUEUE_NAME, claim, null, { db: fromKysely(tx) });
    if (end.state === "again") await enqueue(channel, tx, [job], { at: end.at, priority, failures: end.failures });
  });
}

/** Something to wait for that may have happened before. */
function createNews() {
  let isTold = false;
  let hear = () => {};
  return {
    tell: () => {
      isTold = true;
      hear();
    },
    /** Ends at the next `tell`, at once if there was one since the last wait, or after so many milliseconds. */
    wait: async (most?: number) => {
      if (!isTold) {
        const { promise, resolve } = Promise.withResolvers<void>();
        hear = resolve;
        const timer = most === undefined ? undefined : setTimeout(resolve, most);
        await promise;
        clearTimeout(timer);
      }
      isTold = false;
    },
  };
}
