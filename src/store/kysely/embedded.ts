import fs, { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { fromPglite } from "pg-boss";
import { readCode } from "./embedded-code.ts";
import { createDatabase } from "./embedded-new.ts";
import type { Engine } from "./engine.ts";
import { lockFolder } from "./lock.ts";
import { startUpkeep } from "./upkeep.ts";

// As shipped, PGlite turns fsync off, and chooses a method that its C library has no code for.
const DURABLE = [
  ...PGlite.defaultStartParams.filter((param) => param !== "-F"),
  ...["-c", "wal_sync_method=fsync"],
  // The default is made for a server: four times the memory that this process needs.
  ...["-c", "shared_buffers=16MB"],
];

/** PGlite in a folder that only this user can read and only this process uses. CONFLICT when another one does. */
export async function openEmbedded(
  folder: string,
  log: { error(fields: object, message: string): void },
): Promise<Engine> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  sparingCompiler();
  const unlock = await lockFolder(folder);
  try {
    const code = await readCode();
    const dataDir = `${folder}/pglite`;
    if (!existsSync(`${dataDir}/PG_VERSION`)) await createDatabase(dataDir, code);
    const pglite = await PGlite.create({ ...code, dataDir, startParams: DURABLE });
    syncForReal(pglite);
    // What was written before the line above is on the disk only now.
    await pglite.exec("checkpoint");
    const endUpkeep = startUpkeep(pglite, (error) => log.error({ err: error }, "the database could not be tidied"));
    const engine = engineOn(pglite);
    return {
      ...engine,
      close: async () => {
        await endUpkeep();
        await engine.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * V8 compiles PostgreSQL a second time, to run faster, and takes 300 MiB for it at every start. What we ask of the database
 * waits for the disk: measured, it is no slower without. It holds for WebAssembly only, of which there is no other here.
 */
function sparingCompiler(): void {
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

/** The engine on a PGlite of any kind: tests use it in memory. */
export function engineOn(pglite: PGlite): Engine {
  return {
    dialect: new PGliteDialect({ pglite }),
    boss: { db: fromPglite(pglite), backend: "pglite" },
    exclusive: true,
    close: async () => {
      if (!pglite.closed) await pglite.close();
    },
  };
}

interface NodeStream {
  readonly nfd: number;
}

/** Emscripten's view of the host's file system: without an `fsync`, the database's own does nothing and says that it did. */
interface NodeFileSystem {
  readonly stream_ops: { fsync?: (stream: NodeStream) => number };
}

function syncForReal(pglite: PGlite): void {
  const module: object = pglite.Module;
  const fileSystem = "NODEFS" in module ? (module.NODEFS as NodeFileSystem | undefined) : undefined;
  if (fileSystem === undefined)
    throw new Error("PGlite no longer shows its file system, so commits would not be durable");
  fileSystem.stream_ops.fsync = (stream) => {
    fs.fsyncSync(stream.nfd);
    return 0;
  };
}
