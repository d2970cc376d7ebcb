import type { PGlite } from "@electric-sql/pglite";

/** Milliseconds between two looks. */
const EVERY = 10_000;
/** Bytes that are written ahead until they are written where they belong: so much is read again after a crash. */
const AHEAD = 32 * 1024 * 1024;

/**
 * Does now and then what a server does in the background, and nothing does in the embedded database. Without it what was deleted
 * keeps its room, statements are planned as if tables were empty, and the log grows for as long as the process lives. Returns what
 * ends it.
 */
export function startUpkeep(db: PGlite, onError: (error: unknown) => void): () => Promise<void> {
  let look: Promise<void> | undefined;
  const timer = setInterval(() => {
    look ??= tidy(db)
      // One that is closed over it needs none.
      .catch((error: unknown) => (db.ready ? onError(error) : undefined))
      .finally(() => {
        look = undefined;
      });
  }, EVERY).unref();
  return async () => {
    clearInterval(timer);
    await look;
  };
}

/** One look. Others have their turn between two statements. */
export async function tidy(db: PGlite): Promise<void> {
  for (const table of await changedTables(db)) await db.exec(`vacuum (analyze) ${table}`);
  if ((await ahead(db)) > AHEAD) await db.exec("checkpoint");
}

/** The tables of which much was changed since the last look: by the measure of a server. https://www.postgresql.org/docs/current/runtime-config-vacuum.html */
async function changedTables(db: PGlite): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(`
    select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
    where n_mod_since_analyze > 50 + 0.1 * n_live_tup or n_dead_tup > 50 + 0.2 * n_live_tup`);
  return rows.map(({ name }) => name);
}

async function ahead(db: PGlite): Promise<number> {
  const { rows } = await db.query<{ size: number }>(`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 as size from pg_control_checkpoint()`);
  return rows[0]?.size ?? 0;
}
