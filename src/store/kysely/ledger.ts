import { type Selectable, sql } from "kysely";
import { chain, type Fact, type LedgerEntry } from "../../core/ledger.ts";
import type { Ledger } from "../ledger.ts";
import type { Connection, LedgerRow } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** "oakum": one lock for the whole chain, held until the transaction ends. */
const CHAIN_LOCK = 0x6f616b756d;

export function ledgerTable(db: Connection): Ledger {
  return {
    append: (fact, at) => inTransaction(db, (tx) => append(tx, fact, at)),
    find: (subject, transition, cause) => find(db, { subject, transition, cause }),
    newest: (subject, transition) => newest(db, subject, transition),
    read: async (after, limit) => {
      const entries = db.selectFrom("ledger").selectAll().where("sequence", ">", after);
      return (await entries.orderBy("sequence").limit(limit).execute()).map(entryOf);
    },
    last: () => last(db),
  };
}

async function append(tx: Connection, fact: Fact, at: number): Promise<LedgerEntry> {
  // A statement of its own, so that the ones after it see what the holder before us committed.
  await sql`select pg_advisory_xact_lock(${CHAIN_LOCK}::bigint)`.execute(tx);
  const previous = await last(tx);
  const entry = chain(previous, fact, at);
  const standing = await find(tx, entry);
  if (standing !== undefined) return standing;
  await tx
    .insertInto("ledger")
    .values({ ...entry, data: JSON.stringify(entry.data) })
    .execute();
  return entry;
}

async function last(db: Connection): Promise<LedgerEntry | undefined> {
  const row = await db.selectFrom("ledger").selectAll().orderBy("sequence", "desc").limit(1).executeTakeFirst();
  return row && entryOf(row);
}

async function find(db: Connection, fact: Omit<Fact, "data">): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom("ledger")
    .selectAll()
    .where("subject", "=", fact.subject)
    .where("transition", "=", fact.transition)
    .where("cause", "=", fact.cause)
    .executeTakeFirst();
  return row && entryOf(row);
}

async function newest(db: Connection, subject: string, transition: string): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom("ledger")
    .selectAll()
    .where("subject", "=", subject)
    .where("transition", "=", transition)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && entryOf(row);
}

/** Exactly an entry's fields: its hash is over them all. */
export function entryOf(row: Selectable<LedgerRow>): LedgerEntry {
  const { sequence, at, subject, transition, cause, data, previous, hash } = row;
  return { sequence, at, subject, transition, cause, data, previous, hash };
}
