import { constants, type Dirent } from "node:fs";
import { lstat, open, opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../core/errors.ts";
import { reason } from "../core/reason.ts";
import type { Problem } from "../core/use/use.ts";
import { createLimiter } from "../core/write/limiter.ts";

/** A file that is larger is reported, not read. */
const LARGEST_FILE = 1024 * 1024;
const MOST_ENTRIES = 500_000;
const MOST_FILES = 20_000;
const DEEPEST = 64;
/** Files read at a time: waiting for a disk is most of the work. */
const IN_FLIGHT = 32;
/** Never the project's own files. */
const SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** The files of a folder that somebody reads, by path from its root, in the order of their paths. */
export interface Tree {
  /** The folder itself, symbolic links resolved. */
  readonly root: string;
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** The paths that match and are symbolic links, in order. */
  readonly links: readonly string[];
}

/**
 * Reads the files of a folder whose path `matches`: regular files of at most 1 MiB, in UTF-8. Symbolic links are not
 * followed, so that nothing outside the folder is read. What cannot be read is a problem; the rest is read all the same.
 * Throws INPUT when it is no folder, or an endless one.
 */
export async function readTree(folder: string, matches: (path: string) => boolean): Promise<Tree> {
  const root = await folderAt(folder);
  const { paths, links, problems } = await findPaths(root, matches);
  const files = new Map<string, string>();
  const limit = createLimiter(IN_FLIGHT);
  const reads = paths.map((path) => limit(async () => ({ path, read: await readInside(root, path) })));
  for (const { path, read } of await Promise.all(reads)) {
    if ("text" in read) files.set(path, read.text);
    else problems.push({ path, line: 1, column: 1, reason: read.reason });
  }
  return { root, files, problems, links };
}

type ReadText = { readonly text: string } | { readonly reason: Problem["reason"] };

/**
 * The text of a regular file below `root` (with its symbolic links resolved), with its byte order mark, so that writing it
 * back gives the same bytes; or why there is none. A path that leads through a symbolic link is not followed.
 */
export async function readInside(root: string, path: string): Promise<ReadText> {
  const full = join(root, path);
  try {
    if ((await realpath(full)) !== full)
      return { reason: reason("not-parsed", "it is reached through a symbolic link") };
    await using file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return { reason: reason("not-parsed", "it is no regular file") };
    if (stat.size > LARGEST_FILE) return { reason: reason("too-large", `${stat.size} bytes`) };
    return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(await file.readFile()) };
  } catch (error) {
    return { reason: reason("not-parsed", error instanceof TypeError ? "it is not UTF-8" : codeOf(error)) };
  }
}

/** What the system says of an error in one word, such as `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
}

/** The folder with its symbolic links resolved. Throws INPUT when it is none. */
export async function folderAt(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    const code = codeOf(error);
    const says = code === "ENOENT" ? `there is no folder ${folder}` : `${folder} cannot be read (${code})`;
    throw new AppError("INPUT", says, { cause: error });
  }
  throw new AppError("INPUT", `${folder} is not a folder`);
}

interface Found {
  readonly paths: string[];
  readonly links: string[];
  readonly problems: Problem[];
}

/** The paths of the files and of the links that match, in order, and the folders that cannot be read. */
async function findPaths(root: string, matches: (path: string) => boolean): Promise<Found> {
  const found: Found = { paths: [], links: [], problems: [] };
  const pending = [""];
  let seen = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    try {
      for await (const entry of await opendir(join(root, folder))) {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        seen += 1;
        if (isEntered(entry, path)) pending.push(path);
        else if (matches(path)) listOf(entry, found)?.push(path);
      }
    } catch (error) {
      found.problems.push({ path: folder || ".", line: 1, column: 1, reason: reason("not-parsed", codeOf(error)) });
    }
    if (seen > MOST_ENTRIES || found.paths.length + found.links.length > MOST_FILES) {
      throw new AppError("INPUT", `${root} holds more than Oakum reads (${MOST_ENTRIES} entries, ${MOST_FILES} files)`);
    }
  }
  return { ...found, paths: found.paths.toSorted(), links: found.links.toSorted() };
}

function isEntered(entry: Dirent, path: string): boolean {
  return entry.isDirectory() && !SKIPPED.has(entry.name) && path.split("/").length < DEEPEST;
}

function listOf(entry: Dirent, { paths, links }: Found): string[] | undefined {
  if (entry.isFile()) return paths;
  return entry.isSymbolicLink() ? links : undefined;
}
