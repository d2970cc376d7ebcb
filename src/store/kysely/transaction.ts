import { AppError } from "../../core/errors.ts";
import type { Connection } from "./schema.ts";

/** Runs `work` in the transaction that `db` is already, or in one of its own. */
export function inTransaction<T>(db: Connection, work: (tx: Connection) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : transact(db, work);
}

/** All of `work` or nothing. Throws CONFLICT when another transaction was in the way, UNAVAILABLE when the database was. */
export async function transact<T>(db: Connection, work: (tx: Connection) => Promise<T>): Promise<T> {
  try {
    return await db.transaction().execute(work);
  } catch (error) {
    throw translated(error);
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const CONFLICTS = new Set(["40001", "40P01", "55P03"]);
const OUTAGES = /^(?:08|53|57P|58)|^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND)$/;

function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (CONFLICTS.has(code)) return new AppError("CONFLICT", "another transaction was in the way", { cause: error });
  if (OUTAGES.test(code)) return new AppError("UNAVAILABLE", "the database cannot be reached", { cause: error });
  return error;
}
