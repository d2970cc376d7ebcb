import type { PGlite } from "@electric-sql/pglite";
import { engineOn } from "../../src/store/kysely/embedded.ts";
import { storeOn } from "../../src/store/kysely/open.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { engine, freshEmbedded, freshStore } from "../store/database.ts";
import { log } from "./log.ts";

interface Embedded {
  readonly database: PGlite;
  readonly store: OpenStore;
}

/** Embedded stores that no test uses now: making one costs more than many a test. They live as long as the process. */
const free: Embedded[] = [];

/** An empty store for one test, on the engine of its project. Closing it is all that is left to do. */
export async function takeStore(): Promise<OpenStore> {
  if (engine === "PostgreSQL") return freshStore();
  const taken = free.pop() ?? (await make());
  await wipe(taken.database);
  return { ...taken.store, close: async () => void free.push(taken) };
}

async function make(): Promise<Embedded> {
  const database = await freshEmbedded();
  return { database, store: await storeOn(engineOn(database), { log, now: Date.now }) };
}

/** Everything that we wrote; the queue's own tables, which these tests do not use, stay as they are. */
async function wipe(database: PGlite): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'",
  );
  await database.exec(`truncate ${rows.map(({ name }) => name).join(", ")} restart identity cascade`);
}
