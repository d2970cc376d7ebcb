import { Kysely } from "kysely";
import type { OpenStore } from "../store.ts";
import { openEmbedded } from "./embedded.ts";
import type { Engine } from "./engine.ts";
import { createJobOrder } from "./job-order.ts";
import { migrate } from "./migrations.ts";
import { openPostgres } from "./postgres.ts";
import { counts, reclaim, startBoss } from "./queue.ts";
import type { Schema } from "./schema.ts";
import { tablesOn } from "./tables.ts";
import { guard, transact, translated } from "./transaction.ts";
import { translating } from "./translating.ts";
import { ALONE, watchVersion } from "./version.ts";
import { work } from "./work.ts";

export interface StoreOptions {
  readonly log: { error(fields: object, message: string): void };
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Opens the store, and brings its tables to this version: PGlite in `folder` (created for this user only, used by this
 * process only), or PostgreSQL at `url`. Throws CONFLICT when another process uses the folder, UNAVAILABLE when the
 * database cannot be reached, INPUT when a newer version of Oakum has written it.
 */
export async function openStore(
  place: { readonly folder: string } | { readonly url: string },
  options: StoreOptions,
): Promise<OpenStore> {
  const { log } = options;
  const engine = "folder" in place ? await openEmbedded(place.folder, log) : openPostgres(place.url, log);
  try {
    return await storeOn(engine, options);
  } catch (error) {
    await engine.close();
    throw translated(error);
  }
}

/** The store on an engine, which it closes with itself. */
export async function storeOn(engine: Engine, { log, now }: StoreOptions): Promise<OpenStore> {
  const db = new Kysely<Schema>({ dialect: translating(engine.dialect), plugins: [guard] });
  await migrate(db);
  const onError = (error: unknown) => log.error({ err: error }, "queue error");
  const boss = await startBoss(engine.boss, onError);
  if (engine.exclusive) await reclaim(boss, db);
  const channel = { boss, placeOf: createJobOrder(now), listeners: new Set<() => void>() };
  const version = engine.exclusive ? ALONE : await watchVersion(db);
  const ground = { channel, version, now };
  return {
    ...tablesOn(db, ground),
    superseded: version.superseded,
    transaction: (work) => transact(db, (tx) => work(tablesOn(tx, ground))),
    queue: {
      work: (concurrency, run) => work(ground, db, { concurrency, onError }, run),
      counts: () => counts(db),
    },
    close: async () => {
      version.close();
      await boss.stop({ graceful: false });
      await db.destroy();
      await engine.close();
    },
  };
}
