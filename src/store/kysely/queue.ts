import { sql } from "kysely";
import { type ConstructorOptions, fromKysely, PgBoss } from "pg-boss";
import { type Job, jobKey, repositoryOf } from "../../core/job.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Priority } from "../../core/write/priority.ts";
import type { JobCount } from "../store.ts";
import type { PlaceOf } from "./job-order.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** What is queued: the job, how many of its starts in a row have failed, and how urgent it is. */
export interface Entry {
  readonly job: Job;
  readonly failures: number;
  /** Absent in what an older version queued. */
  readonly priority?: Priority;
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

/**
 * The time by which pg-boss waits between two polls, which nobody can set: it takes what a poll has cost off its pause, and by a
 * clock that was set back four days meanwhile it would pause for four days. When a job is due is told by the database.
 */
const STEADY = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (act: () => void, milliseconds: number) => setTimeout(act, milliseconds),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (act: () => void, milliseconds: number) => setInterval(act, milliseconds),
  clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
};

/** pg-boss on the same database. `onError` hears of what it does in the background. */
export async function startBoss(options: ConstructorOptions, onError: (error: Error) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    ...options,
    schema: SCHEMA,
    clock: STEADY,
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

/** Where jobs are queued, and in which order. */
export interface Channel {
  readonly boss: PgBoss;
  readonly placeOf: PlaceOf;
}

/** When and how an entry is queued. */
interface Terms {
  /** Milliseconds since the epoch; absent: now, by the clock of the database. */
  readonly at?: number;
  readonly priority: Priority;
  /** Absent: it starts over, and failures before are forgotten. */
  readonly failures?: number;
}

/** Queues the job, or moves the queued one forward, in the transaction that `db` may be. */
export function enqueue({ boss, placeOf }: Channel, db: Connection, job: Job, terms: Terms): Promise<void> {
  const { at, priority, failures } = terms;
  const entry: Entry = { job, failures: failures ?? 0, priority };
  const place = placeOf(job, at, priority);
  const repository = repositoryOf(job);
  return inTransaction(db, async (tx) => {
    const singletonKey = jobKey(job);
    const options = {
      ...{ db: fromKysely(tx), singletonKey, startAfter: at === undefined ? 0 : new Date(at), priority: place },
      ...(repository !== undefined && { group: { id: repositoryKey(repository) } }),
    };
    // The queued entry may be claimed, and another queued, between the two statements.
    for (let tries = 0; tries < 5; tries++) {
      if (await moveForward(tx, singletonKey, terms, place)) return;
      if ((await boss.send(QUEUE_NAME, entry, options)) !== null) return;
    }
    throw new Error(`the queue refused ${singletonKey}`);
  });
}

/**
 * pg-boss can move an entry to a time and a priority, but not only forward. Even one that stays where it is is written,
 * and so locked until we commit: it must not start before what it is woken for can be seen.
 */
async function moveForward(tx: Connection, key: string, { at, priority, failures }: Terms, place: number) {
  const { rows } = await sql`
    update ${sql.table(`${SCHEMA}.job`)}
    set start_after = least(start_after, ${at === undefined ? sql`now()` : sql`${new Date(at)}::timestamptz`}), priority = greatest(priority, ${place}::int),
      data = data || jsonb_build_object(
        'priority', greatest((data->>'priority')::int, ${priority}::int),
        'failures', case when ${failures === undefined} then 0 else (data->>'failures')::int end)
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
