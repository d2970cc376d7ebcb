import { type JobWithMetadata as Claimed, fromKysely, type JobResult } from "pg-boss";
import type { JobEnd, JobStart, Worker } from "../store.ts";
import { type Channel, type Entry, enqueue, QUEUE_NAME } from "./queue.ts";
import type { Connection } from "./schema.ts";
import { transact } from "./transaction.ts";

/** Jobs of one repository at once, of all processes: whatever it has queued, others have their turn. */
const OF_ONE_REPOSITORY = 2;

type Run = (start: JobStart) => Promise<JobEnd>;

/** Runs what is due until stopped: at most `concurrency` jobs at once, one per key. Each is claimed alone, so none waits for another. */
export async function work(channel: Channel, db: Connection, concurrency: number, run: Run): Promise<Worker> {
  const workers = await Promise.all(Array.from({ length: concurrency }, () => startWorker(channel, db, run)));
  return { stop: async () => void (await Promise.all(workers.map(({ stop }) => stop()))) };
}

async function startWorker(channel: Channel, db: Connection, run: Run): Promise<Worker> {
  const { boss } = channel;
  const options = {
    batchSize: 1,
    groupConcurrency: OF_ONE_REPOSITORY,
    perJobResults: true,
    includeMetadata: true,
    pollingIntervalSeconds: 1,
    // A timer that falls due, and an entry behind an active one of its key, come without a notification.
    notifyPollingIntervalSeconds: 1,
  } as const;
  const id = await boss.work(QUEUE_NAME, options, async (claims: Claimed<Entry>[]): Promise<JobResult[]> => {
    const results = await Promise.all(claims.map((claim) => settle(channel, db, claim, run)));
    // Else it would look for the next one only after a second.
    boss.notifyWorker(id);
    return results;
  });
  return { stop: () => boss.offWork(QUEUE_NAME, { id, wait: true }) };
}

/** Runs one claimed entry and ends it, in one transaction with the timer it asked for: so that a crash loses neither. */
async function settle(channel: Channel, db: Connection, claim: Claimed<Entry>, run: Run): Promise<JobResult> {
  const { job, failures, priority = 0 } = claim.data;
  const end = await run({ job, priority, failures });
  await transact(db, async (tx) => {
    await channel.boss.complete(QUEUE_NAME, claim, null, { db: fromKysely(tx) });
    if (end.state === "again") await enqueue(channel, tx, job, { at: end.at, priority, failures: end.failures });
  });
  return { id: claim.id, status: "completed" };
}
