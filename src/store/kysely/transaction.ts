import { AsyncLocalStorage } from "node:async_hooks";
import type { KyselyPlugin } from "kysely";
import { AppError } from "../../core/errors.ts";
import type { Connection } from "./schema.ts";

/** What is to be done once the transaction that the caller is in has committed. */
const within = new AsyncLocalStorage<Set<() => void>>();

/**
 * Refuses statements that go past the transaction which their caller is in. They would not be part of it; and on the
 * embedded engine, which has one connection, they would wait for it for ever.
 */
export const guard: KyselyPlugin = {
  transformQuery: ({ node }) => {
    refuseWithin();
    return node;
  },
  transformResult: async ({ result }) => result,
};

function refuseWithin(): void {
  if (within.getStore() !== undefined) throw new Error("the store was used past the transaction that its caller is in");
}

/** Runs `work` in the transaction that `db` is already, or in one of its own. */
export function inTransaction<T>(db: Connection, work: (tx: Connection) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : transact(db, work);
}

/** Calls this when the transaction that the caller is in has committed; once, however often it is asked for. */
export function afterCommit(call: () => void): void {
  within.getStore()?.add(call);
}

/** All of `work` or nothing. Throws CONFLICT when another transaction was in the way, UNAVAILABLE when the database was. */
export async function transact<T>(db: Connection, work: (tx: Connection) => Promise<T>): Promise<T> {
  refuseWithin();
  try {
    const after = new Set<() => void>();
    const transaction = db.withoutPlugins().transaction();
    const done = await transaction.execute((tx) => within.run(after, () => work(tx)));
    for (const call of after) call();
    return done;
  } catch (error) {
    throw translated(error);
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html, and the operating system's
const DISK_FULL = "53100";
const CONFLICTS = new Set(["40001", "40P01", "55P03"]);
const OUTAGES = /^(?:08...|53...|57P..|58...|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|ENOENT)$/;

/** What the driver says, without a code, of a connection that ended under it. */
const BROKEN =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** A database's error as one of ours, where something can be done about it. */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (CONFLICTS.has(code)) return new AppError("CONFLICT", "another transaction was in the way", { cause: error });
  if (code === DISK_FULL) return new AppError("UNAVAILABLE", "the disk of the database is full", { cause: error });
  if (OUTAGES.test(code) || BROKEN.test(error.message))
    return new AppError("UNAVAILABLE", "the database cannot be reached", { cause: error });
  return error;
}
