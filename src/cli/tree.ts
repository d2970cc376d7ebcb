import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/errors.ts";
import { reason } from "../core/reason.ts";
import type { Problem } from "../core/use/use.ts";

/** A file that is larger is reported, not read. */
const LARGEST_FILE = 1024 * 1024;
const MOST_ENTRIES = 500_000;
const MOST_FILES = 20_000;
const DEEPEST = 64;
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
export function readTree(folder: string, matches: (path: string) => boolean): Tree {
  const root = folderAt(folder);
  const { paths, links, problems } = findPaths(root, matches);
  const files = new Map<string, string>();
  for (const path of paths) {
    const read = readInside(root, path);
    if ("text" in read) files.set(path, read.text);
    else problems.push({ path, line: 1, column: 1, reason: read.reason });
  }
  return { root, files, problems, links };
}

/** Keeps the byte order mark, and throws a TypeError at what is not UTF-8. */
const UTF_8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

type ReadText = { readonly text: string } | { readonly reason: Problem["reason"] };

/**
 * The text of a regular file below `root` (with its symbolic links resolved), with its byte order mark, so that writing it
 * back gives the same bytes; or why there is none. A path that leads through a symbolic link is not followed.
 */
export function readInside(root: string, path: string): ReadText {
  const full = join(root, path);
  try {
    if (realpathSync.native(full) !== full)
      return { reason: reason("not-parsed", "it is reached through a symbolic link") };
    const file = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return readOpen(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { reason: reason("not-parsed", error instanceof TypeError ? "it is not UTF-8" : codeOf(error)) };
  }
}

function readOpen(file: number): ReadText {
  const stat = fstatSync(file);
  if (!stat.isFile()) return { reason: reason("not-parsed", "it is no regular file") };
  if (stat.size > LARGEST_FILE) return { reason: reason("too-large", `${stat.size} bytes`) };
  return { text: UTF_8.decode(readFileSync(file)) };
}

/** What the system says of an error in one word, such as `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
}

/** The folder with its symbolic links resolved. Throws INPUT when it is none. */
export function folderAt(folder: string): string {
  try {
    const root = realpathSync.native(folder);
    if (lstatSync(root).isDirectory()) return root;
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
function findPaths(root: string, matches: (path: string) => boolean): Found {
  const found: Found = { paths: [], links: [], problems: [] };
  const pending = [""];
  let seen = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    try {
      for (const entry of entriesOf(join(root, folder)).take(MOST_ENTRIES - seen + 1)) {
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

/** The entries of one folder, of which there may be any number: they are never all there at once. */
function* entriesOf(folder: string): Generator<Dirent> {
  using entries = opendirSync(folder);
  for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) yield entry;
}

function isEntered(entry: Dirent, path: string): boolean {
  return entry.isDirectory() && !SKIPPED.has(entry.name) && path.split("/").length < DEEPEST;
}

function listOf(entry: Dirent, { paths, links }: Found): string[] | undefined {
  if (entry.isFile()) return paths;
  return entry.isSymbolicLink() ? links : undefined;
}
