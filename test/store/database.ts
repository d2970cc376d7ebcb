import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { pino } from "pino";
import { inject } from "vitest";
import { engineOn } from "../../src/store/kysely/embedded.ts";
import { openStore, storeOn } from "../../src/store/kysely/open.ts";
import type { OpenStore } from "../../src/store/store.ts";

const root = new URL("../../", import.meta.url);
const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

/** What a store meets in the background shows in the output of the tests. */
const log = pino({ level: "error" }, pino.destination({ fd: 2, sync: true }));

declare module "vitest" {
  interface ProvidedContext {
    /** What the stores of a project's tests run on; PGlite unless it says otherwise. */
    readonly engine?: "PGlite" | "PostgreSQL";
  }
}

/** What the stores of this project's tests run on. */
export const engine = inject("engine") ?? "PGlite";

/** A store of its own on this project's engine, in half a second. Closing it is all that is left to do. */
export async function freshStore(): Promise<OpenStore> {
  if (engine === "PostgreSQL") return freshPostgresStore(mustHavePostgres());
  return storeOn(engineOn(await freshEmbedded()), { log, now: Date.now });
}

function mustHavePostgres(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("these tests need a PostgreSQL, which DATABASE_URL names");
  return url;
}

/** An embedded database in memory, with this version's tables and nothing in them. */
export async function freshEmbedded(): Promise<PGlite> {
  return PGlite.create({ loadDataDir: new Blob([await template()]), startParams });
}

/** A store in a database of its own on the PostgreSQL at `url`, dropped when it closes. */
export async function freshPostgresStore(url: string): Promise<OpenStore> {
  const database = await freshDatabase(url);
  const store = await openStore({ url: database.url }, { log, now: Date.now });
  return {
    ...store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

/** An empty database on the PostgreSQL at `url`. */
export async function freshDatabase(
  url: string,
): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `oakum_${randomUUID().replaceAll("-", "")}`;
  await administer(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  // Waits for connections that are being closed; one that was forgotten is an error.
  return { url: own.href, drop: () => administer(url, `drop database ${name}`) };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A database with this version's tables, made once for all test files. */
async function template(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = new URL("node_modules/.cache/oakum/", root);
  const file = new URL(`store-${await fingerprint()}.tar`, folder);
  const cached = await readFile(file).catch(() => undefined);
  if (cached !== undefined) return new Uint8Array(cached);
  const made = await makeTemplate();
  await mkdir(folder, { recursive: true });
  const unfinished = new URL(`${file.href}.${randomUUID()}`);
  await writeFile(unfinished, made);
  await rename(unfinished, file);
  return made;
}

async function makeTemplate(): Promise<Uint8Array<ArrayBuffer>> {
  const pglite = await PGlite.create({ startParams });
  const engine = engineOn(pglite);
  const store = await storeOn({ ...engine, close: async () => {} }, { log, now: Date.now });
  const dump = await pglite.dumpDataDir("none");
  await store.close();
  return new Uint8Array(await dump.arrayBuffer());
}

/** Of everything that decides what an empty store looks like. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(startParams.join(" "));
  for (const path of ["src/store/kysely/migrations.ts", "src/store/kysely/queue.ts", "package-lock.json"]) {
    hash.update(await readFile(new URL(path, root)));
  }
  return hash.digest("hex").slice(0, 16);
}
