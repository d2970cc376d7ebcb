import { type JobWithMetadata as Claimed, fromKysely, type JobResult, type PgBoss } from "pg-boss";
import type { JobEnd, JobStart, Worker } from "../store.ts";
import { type Entry, QUEUE_NAME, wake } from "./queue.ts";
import type { Connection } from "./schema.ts";
import { transact } from "./transaction.ts";

/** Entries that one of pg-boss's workers claims at once. It claims again when all of them have ended. */
const BATCH = 4;

type Run = (start: JobStart) => Promise<JobEnd>;

/** Runs what is due until stopped: at most `concurrency` jobs (in fours, at least four) at once, one per key. */
export async function work(boss: PgBoss, db: Connection, concurrency: number, run: Run): Promise<Worker> {
  const options = {
    batchSize: BATCH,
    localConcurrency: Math.max(1, Math.round(concurrency / BATCH)),
    burstWhenBatchFull: true,
    perJobResults: true,
    includeMetadata: true,
    pollingIntervalSeconds: 1,
    // A timer that falls due, and an entry behind an active one of its key, come without a notification.
    notifyPollingIntervalSeconds: 1,
  } as const;
  const id = await boss.work(
    QUEUE_NAME,
    options,
    async (claimed: Claimed<Entry>[]): Promise<JobResult[]> =>
      Promise.all(
        claimed.map(async (claim) => {
          const result = await settle(boss, db, claim, run);
          boss.notifyWorker(id);
          return result;
        }),
      ),
  );
  return { stop: () => boss.offWork(QUEUE_NAME, { id, wait: true }) };
}

/**
 * Runs one claimed entry and ends it by itself, so that the next one of its key need not wait for the rest of the batch;
 * in one transaction with the timer it asked for, so that a crash loses neither.
 */
async function settle(boss: PgBoss, db: Connection, claim: Claimed<Entry>, run: Run): Promise<JobResult> {
  const { job, failures } = claim.data;
  const { priority } = claim;
  const end = await run({ job, priority, failures });
  await transact(db, async (tx) => {
    await boss.complete(QUEUE_NAME, claim, null, { db: fromKysely(tx) });
    if (end.state === "again") await wake(boss, tx, job, { at: end.at, priority, failures: end.failures });
  });
  return { id: claim.id, status: "completed" };
}
