import { mkdir, open, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { AppError } from "../../core/errors.ts";
import type { Code } from "./embedded-code.ts";

/** What a new database is made with, and has for good: what it writes ahead comes in files of 1 MiB, not of 16. */
const INITDB = ["-c", "shared_buffers=1MB", "--wal-segsize=1"];

/**
 * Creates a database in `folder`, all of it or nothing. It is made in memory and then written file by file: PGlite itself would go
 * by an archive of it, in three copies, and leave half a database to the next start when it dies meanwhile. INPUT when there
 * is something else in the folder.
 */
export async function createDatabase(folder: string, code: Code): Promise<void> {
  await makeRoom(folder);
  const made = await PGlite.create({ ...code, initDbStartParams: INITDB });
  const files: Files = made.Module.FS;
  await made.close();
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await copy(files, PGlite.paths.PGDATA, unfinished);
  await rename(unfinished, folder);
  await syncNames(dirname(folder));
}

/** Only an empty folder may be in the way. */
async function makeRoom(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return;
    throw new AppError("INPUT", `there is no database in ${folder}, and something else`, { cause: error });
  }
}

/** The part of Emscripten's file system that is needed. */
interface Files {
  readdir(path: string): string[];
  stat(path: string): { readonly mode: number };
  isDir(mode: number): boolean;
  readFile(path: string): Uint8Array;
}

async function copy(files: Files, from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  const names = files.readdir(from).filter((name) => name !== "." && name !== "..");
  const isFolder = (name: string) => files.isDir(files.stat(`${from}/${name}`).mode);
  const write = (name: string) =>
    writeFile(`${to}/${name}`, files.readFile(`${from}/${name}`), { mode: 0o600, flush: true });
  await Promise.all(names.filter((name) => !isFolder(name)).map(write));
  for (const name of names.filter(isFolder)) await copy(files, `${from}/${name}`, `${to}/${name}`);
  await syncNames(to);
}

/** The names in a folder are on the disk only when it is. */
async function syncNames(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
