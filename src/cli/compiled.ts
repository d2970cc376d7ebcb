import { lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { isAbsolute, join } from "node:path";
import type { Variables } from "../config/environment.ts";

const FOLDER = "oakum";
const PRIVATE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Has Node keep what it compiles in the user's own cache, so that every later start takes half as long. What lies there is run:
 * a folder of somebody else's, or one that others may write to, is not used, and neither is any where there is no home.
 */
export function keepCompiled({ XDG_CACHE_HOME, HOME }: Variables): void {
  const caches = XDG_CACHE_HOME || (HOME && join(HOME, ".cache"));
  // NODE_COMPILE_CACHE has named another one.
  if (!caches || !isAbsolute(caches) || getCompileCacheDir() !== undefined) return;
  const folder = join(caches, FOLDER);
  if (isOwn(folder)) enableCompileCache(folder);
}

/** Whether a folder is ours alone, made if there is none. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE });
    const { uid, mode } = lstatSync(folder);
    return uid === process.geteuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}
