import { sql } from "kysely";
import { type ConstructorOptions, fromKysely, PgBoss } from "pg-boss";
import { type Job, jobKey } from "../../core/job.ts";
import type { Priority } from "../../core/priority.ts";
import type { JobCount } from "../store.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** What is queued: the job, and how many of its starts in a row have failed. */
export interface Entry {
  readonly job: Job;
  readonly failures: number;
}

export const QUEUE_NAME = "oakum";
const SCHEMA = "pgboss";

/** `stately`: of each key at most one entry is queued and one active. */
const QUEUE = {
  policy: "stately",
  notify: true,
  // Only a process that died leaves its entry to a retry; a job that ends in an error is queued again by its worker.
  retryLimit: 20,
  heartbeatSeconds: 10,
  expireInSeconds: 30 * 60,
  deleteAfterSeconds: 10 * 60,
} as const;

/** pg-boss on the same database. `onError` hears of what it does in the background. */
export async function startBoss(options: ConstructorOptions, onError: (error: Error) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    ...options,
    schema: SCHEMA,
    schedule: false,
    useListenNotify: true,
    // Else the jobs of a killed worker wait for minutes.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  boss.on("error", onError);
  await boss.start();
  await boss.createQueue(QUEUE_NAME, QUEUE);
  return boss;
}

/** When and how an entry is queued. */
interface Terms {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly priority: Priority;
  readonly failures: number;
}

/** Queues the job now, in the transaction that `db` may be. It starts over: failures before are forgotten. */
export async function enqueue(boss: PgBoss, db: Connection, job: Job, priority: Priority): Promise<void> {
  const entry: Entry = { job, failures: 0 };
  const singletonKey = jobKey(job);
  await inTransaction(db, async (tx) => {
    await boss.upsert(QUEUE_NAME, entry, { db: fromKysely(tx), singletonKey, startAfter: 0 });
    await moveForward(tx, singletonKey, { priority });
  });
}

/** Queues the job, or moves the queued one forward, in the transaction that `db` may be. */
export function wake(boss: PgBoss, db: Connection, job: Job, { at, priority, failures }: Terms): Promise<void> {
  return inTransaction(db, async (tx) => {
    const key = jobKey(job);
    const entry: Entry = { job, failures };
    const options = { db: fromKysely(tx), singletonKey: key, startAfter: new Date(at), priority };
    // The queued entry may be claimed, and another queued, between the two statements.
    for (let tries = 0; tries < 5; tries++) {
      if (await moveForward(tx, key, { at, priority })) return;
      if ((await boss.send(QUEUE_NAME, entry, options)) !== null) return;
    }
    throw new Error(`the queue refused ${key}`);
  });
}

/**
 * pg-boss can move an entry to a time and a priority, but not only forward. Even one that stays where it is is written,
 * and so locked until we commit: it must not start before what it is woken for can be seen.
 */
async function moveForward(tx: Connection, key: string, { at, priority }: Partial<Terms>): Promise<boolean> {
  const earliest = at === undefined ? null : new Date(at);
  const { rows } = await sql`
    update ${sql.table(`${SCHEMA}.job`)}
    set start_after = least(start_after, ${earliest}::timestamptz), priority = greatest(priority, ${priority}::int)
    where name = ${QUEUE_NAME} and singleton_key = ${key} and state < 'active' returning id`.execute(tx);
  return rows.length > 0;
}

/** Takes back, at once, what a process that died had started. Only for a database that no other process uses. */
export async function reclaim(boss: PgBoss, db: Connection): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(`${SCHEMA}.job`)} where name = ${QUEUE_NAME} and state = 'active'`.execute(db);
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await boss.fail(QUEUE_NAME, ids, { message: "its process died" });
}

/** How many jobs of each kind are due, waiting for their time, and active. */
export async function counts(db: Connection): Promise<readonly JobCount[]> {
  const { rows } = await sql<JobCount>`
    select data->'job'->>'kind' as kind, count(*) as count,
      case when state = 'active' then 'active' when start_after > now() then 'waiting' else 'due' end as state
    from ${sql.table(`${SCHEMA}.job`)} where name = ${QUEUE_NAME} and state <= 'active'
    group by 1, 3 order by 1, 3`.execute(db);
  return rows;
}
