import type { PGlite } from "@electric-sql/pglite";
import { engineOn } from "../../src/store/kysely/embedded.ts";
import { storeOn } from "../../src/store/kysely/open.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshEmbedded } from "../store/database.ts";
import { log } from "./log.ts";

interface Made {
  readonly database: PGlite;
  readonly store: OpenStore;
}

/** Embedded stores that the tests of one file use one after the other: making one costs more than many a test. */
export class StorePool {
  readonly #free: (Made | undefined)[];
  readonly #waiting: (() => void)[] = [];

  /** At most `size` of them at a time. */
  constructor(size: number) {
    this.#free = Array.from({ length: size }, () => undefined);
  }

  /** An empty store, as soon as one is free. Closing it gives it back. */
  async take(): Promise<OpenStore> {
    while (this.#free.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const made = this.#free.pop() ?? (await make());
    await wipe(made.database);
    const close = async () => {
      this.#free.push(made);
      this.#waiting.shift()?.();
    };
    return { ...made.store, close };
  }

  /** Ends those that are free. */
  async end(): Promise<void> {
    for (const made of this.#free.splice(0)) await made?.store.close();
  }
}

async function make(): Promise<Made> {
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
