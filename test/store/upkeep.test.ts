import type { PGlite } from "@electric-sql/pglite";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Job } from "../../src/core/job.ts";
import { engineOn } from "../../src/store/kysely/embedded.ts";
import { storeOn } from "../../src/store/kysely/open.ts";
import { startUpkeep, tidy } from "../../src/store/kysely/upkeep.ts";
import { freshEmbedded } from "./database.ts";

const QUEUE = "pgboss.job_common";

/** A store in which so many jobs are queued. */
async function busy(jobs: readonly Job[]) {
  const pglite = await freshEmbedded();
  const store = await storeOn(engineOn(pglite), { log: { error: () => {} }, now: Date.now });
  onTestFinished(() => store.close());
  await store.jobs.enqueueAll(jobs);
  return { pglite, store };
}

const JOBS = Array.from({ length: 500 }, (_, n): Job => ({ kind: "campaign", campaign: String(n) }));

async function numberOf(pglite: PGlite, what: string): Promise<number> {
  // Else what was counted is told a second later.
  await pglite.exec("select pg_stat_force_next_flush()");
  const { rows } = await pglite.query<{ number: number }>(`select (${what})::float8 as number`);
  return rows[0]?.number ?? Number.NaN;
}

test("a job of a full queue is moved forward without a look at the others", async () => {
  const { pglite, store } = await busy(JOBS);
  const read = () =>
    numberOf(pglite, `select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relid = '${QUEUE}'::regclass`);
  await read();
  await tidy(pglite);
  const before = await read();
  await store.jobs.enqueue({ kind: "campaign", campaign: "7" });
  expect((await read()) - before).toBeLessThan(10);
});

test("what was deleted leaves its room to what comes", async () => {
  const { pglite } = await busy(JOBS);
  const size = () => numberOf(pglite, `pg_table_size('${QUEUE}')`);
  const before = await size();
  for (let round = 0; round < 5; round++) {
    await pglite.exec(`update ${QUEUE} set data = data`);
    await size();
    await tidy(pglite);
  }
  expect(await size()).toBeLessThan(3 * before);
});

test("what is written ahead is not kept for ever", async () => {
  const { pglite } = await busy([]);
  const ahead = () =>
    numberOf(pglite, "select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) from pg_control_checkpoint()");
  await pglite.exec("create table big as select repeat('x', 900) as text from generate_series(1, 40000)");
  expect(await ahead()).toBeGreaterThan(32 * 1024 ** 2);
  await tidy(pglite);
  expect(await ahead()).toBeLessThan(1024 ** 2);
});

test("a look that the end of the process comes over is no error", async () => {
  const pglite = await freshEmbedded();
  await pglite.exec(
    "create table changed as select generate_series(1, 1000) as n; delete from changed; select pg_stat_force_next_flush()",
  );
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const errors: unknown[] = [];
  const end = startUpkeep(pglite, (error) => errors.push(error));
  vi.advanceTimersByTime(60_000);
  await pglite.close();
  await end();
  expect(errors).toEqual([]);
});
