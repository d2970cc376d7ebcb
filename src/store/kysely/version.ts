import { sql } from "kysely";
import { AppError } from "../../core/errors.ts";
import type { Connection } from "./schema.ts";

/** The tables as this process found or made them, which a newer version of Oakum may change under it. */
export interface Version {
  /** UNAVAILABLE when they are others by now: whoever comes with the newer version may do what this one must not. */
  assertOwn(db: Connection): Promise<void>;
  /** Told once they are. */
  readonly superseded: Promise<AppError>;
  close(): void;
}

/** Milliseconds between two looks of a process that has nothing to do. */
const EVERY = 5_000;

/** For a database that no other process can be on. */
export const ALONE: Version = { assertOwn: async () => {}, superseded: new Promise(() => {}), close: () => {} };

/** Watches the tables from now on. A look that fails says nothing: the database is away, and so is everyone else. */
export async function watchVersion(db: Connection): Promise<Version> {
  const own = await versionOf(db);
  const superseded = Promise.withResolvers<AppError>();
  const assertOwn = async (connection: Connection) => {
    if ((await versionOf(connection)) === own) return;
    const error = new AppError("UNAVAILABLE", "a newer version of Oakum has changed the tables of this database");
    superseded.resolve(error);
    throw error;
  };
  const timer = setInterval(() => void assertOwn(db).catch(() => {}), EVERY).unref();
  return { assertOwn, superseded: superseded.promise, close: () => clearInterval(timer) };
}

/** Our migrations that have run, and what pg-boss calls its tables. */
async function versionOf(db: Connection): Promise<string | undefined> {
  const { rows } = await sql<{ version: string }>`
    select concat((select string_agg(name, ' ' order by name) from kysely_migration), ' ',
      (select max(version) from pgboss.version)) as version`.execute(db);
  return rows[0]?.version;
}
