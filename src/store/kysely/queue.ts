import { sql } from "kysely";
import { type ConstructorOptions, fromKysely, PgBoss } from "pg-boss";
import { type Job, jobKey, repositoryOf } from "../../core/job.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Priority } from "../../core/write/priority.ts";
import type { JobCount } from "../queue.ts";
import type { PlaceOf } from "./job-order.ts";
import type { Connection } from "./schema.ts";
import { storable } from "./storable.ts";
import { afterCommit, inTransaction } from "./transaction.ts";

/** What is queued: the job, how many of its starts in a row have failed, and how urgent it is. */
export interface Entry {
  readonly job: Job;
  readonly failures: number;
  /** Absent in what an older version queued. */
  readonly priority?: Priority;
}

export const QUEUE_NAME = "oakum";
const SCHEMA = "pgboss";
/** Milliseconds after which an entry whose process says nothing any more is somebody else's. */
export const HEARTBEAT = 10_000;

/** `stately`: of each key at most one entry is queued and one active. */
const QUEUE = {
  policy: "stately",
  // Only a process that died leaves its entry to a retry; a job that ends in an error is queued again by its worker.
  retryLimit: 20,
  heartbeatSeconds: HEARTBEAT / 1000,
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
  /** Who hears of what this process queued, once that can be seen. */
  readonly listeners: Set<() => void>;
}

/** When and how an entry is queued. */
interface Terms {
  /** Milliseconds since the epoch; absent: now, by the clock of the database. */
  readonly at?: number;
  readonly priority: Priority;
  /** Absent: it starts over, and failures before are forgotten. */
  readonly failures?: number;
}

/** Queues jobs of different keys, or moves the queued ones forward, in the transaction that `db` may be. */
export function enqueue(channel: Channel, db: Connection, jobs: readonly Job[], terms: Terms): Promise<void> {
  const { boss, placeOf, listeners } = channel;
  const { at, priority, failures = 0 } = terms;
  if (jobs.length === 0) return Promise.resolve();
  const entries = jobs.map((job) => insertion({ job, failures, priority }, placeOf(job, at, priority), at));
  return inTransaction(db, async (tx) => {
    for (const listener of listeners) afterCommit(listener);
    let rest: readonly Insertion[] = entries;
    // A queued entry may be claimed, and another queued, between the two statements.
    for (let tries = 0; tries < 5; tries++) {
      const moved = await moveForward(tx, rest, terms);
      rest = rest.filter(({ singletonKey }) => !moved.has(singletonKey));
      if (rest.length === 0) return;
      const inserted = await boss.insert(QUEUE_NAME, [...rest], { db: fromKysely(tx), returnId: true });
      if (inserted?.length === rest.length) return;
    }
    throw new Error(`the queue refused ${rest.map(({ singletonKey }) => singletonKey).join(", ")}`);
  });
}

type Insertion = ReturnType<typeof insertion>;

/** An entry as pg-boss takes it. */
function insertion(entry: Entry, place: number, at: number | undefined) {
  const repository = repositoryOf(entry.job);
  return {
    data: entry,
    singletonKey: jobKey(entry.job),
    priority: place,
    startAfter: at === undefined ? 0 : new Date(at),
    ...(repository !== undefined && { group: { id: repositoryKey(repository) } }),
  };
}

/**
 * pg-boss can move an entry to a time and a priority, but not only forward. Even one that stays where it is is written,
 * and so locked until we commit: it must not start before what it is woken for can be seen. Answers with the keys it found. They are
 * named twice, so that they are looked up: joined alone, they would be compared with everything that is queued.
 */
async function moveForward(tx: Connection, entries: readonly Insertion[], { at, priority, failures }: Terms) {
  const rows = entries.map(({ singletonKey: key, priority: place }) => ({ key, place }));
  const { rows: moved } = await sql<{ key: string }>`
    with row as materialized (select * from json_to_recordset(${storable(rows)}::json) as row (key text, place int))
    update ${sql.table(`${SCHEMA}.job`)} as job
    set start_after = least(start_after, ${at === undefined ? sql`now()` : sql`${new Date(at)}::timestamptz`}),
      priority = greatest(priority, row.place),
      data = data || jsonb_build_object(
        'priority', greatest((data->>'priority')::int, ${priority}::int),
        'failures', case when ${failures === undefined} then 0 else (data->>'failures')::int end)
    from row where name = ${QUEUE_NAME} and singleton_key = any(array(select key from row))
      and singleton_key = row.key and state < 'active' returning row.key`.execute(tx);
  return new Set(moved.map(({ key }) => key));
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
