import { DEPENDABOT_PATHS } from "../../config/others/dependabot.ts";
import { RENOVATE_PATHS } from "../../config/others/renovate.ts";
import { reason } from "../../core/reason.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { boundUses } from "../../core/use/bound-uses.ts";
import { CODE_OWNERS_PATHS } from "../../core/use/code-owners.ts";
import type { FileSet, Problem, Use } from "../../core/use/use.ts";
import type { TreeEntry } from "../../github/trees.ts";
import type { Manager } from "../../manager/manager.ts";
import type { Context } from "../context.ts";
import { takeTurns } from "../turn.ts";
import { extractEach, isRead, joinExtracted } from "./extract.ts";

/** Where a repository keeps its configuration, and the organisation its own. */
export const REPOSITORY_CONFIG = ".github/oakum.yml";
export const ORGANISATION_CONFIG = "oakum.yml";
/** A file that is larger is reported, not read. */
const LARGEST_FILE = 1024 * 1024;
/** So much of one repository is read: one must not take the memory that all share. */
const MOST_FILES = 2_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** Configuration is matched against paths, at a cost that grows with their length. */
const LONGEST_PATH = 512;

const NOT_UTF8 = reason("not-parsed", "the file is not UTF-8");

/** Files that say what is to be done with the others. */
const CONFIGURATION: ReadonlySet<string> = new Set([
  ...[REPOSITORY_CONFIG, ORGANISATION_CONFIG],
  ...[...RENOVATE_PATHS, ...DEPENDABOT_PATHS, ...CODE_OWNERS_PATHS],
]);

/** The paths of a tree that these managers read, and configuration. */
export function readPaths(managers: readonly Manager[]): (path: string) => boolean {
  return (path) => CONFIGURATION.has(path) || isRead(managers, path);
}

/** One commit of a repository as far as Oakum reads it. */
export interface Snapshot {
  readonly commit: Sha;
  readonly tree: ReadonlyMap<string, TreeEntry>;
  /** The text of every file that a manager reads. */
  readonly files: ReadonlyMap<string, string>;
  readonly uses: readonly Use[];
  readonly problems: readonly Problem[];
}

/** Reads the files that managers know at one commit, and extracts their uses. Symlinks and submodules are not followed. */
export async function readSnapshot(context: Context, repository: Repository, commit: Sha): Promise<Snapshot> {
  const tree = await readTree(context, repository, commit);
  const wanted: TreeEntry[] = [];
  const problems: Problem[] = [];
  let size = 0;
  for (const entry of tree.values()) {
    if (!isRead(context.managers, entry.path)) continue;
    size += entry.size;
    if (entry.path.length > LONGEST_PATH) problems.push(tooLong(entry));
    else if (entry.size > LARGEST_FILE || wanted.length === MOST_FILES || size > MOST_BYTES)
      problems.push(tooLarge(entry));
    else wanted.push(entry);
  }
  // Configuration is asked for with them, and remembered: whoever reads it does not ask again.
  const configuration = [...tree.values()].filter(({ path, size }) => CONFIGURATION.has(path) && size <= LARGEST_FILE);
  const blobs = await context.github.trees.blobs(repository, [...wanted, ...configuration]);
  const files = new Map<string, string>();
  for (const { path, sha } of wanted) {
    const bytes = blobs.get(sha);
    const text = bytes && decode(bytes);
    if (text === undefined) problems.push({ path, line: 1, column: 1, reason: NOT_UTF8 });
    else files.set(path, text);
  }
  const extracted = await extractAll(context.managers, files);
  const bounded = boundUses(extracted.uses);
  return {
    commit,
    tree,
    files,
    uses: bounded.uses,
    problems: [...problems, ...extracted.problems, ...bounded.problems],
  };
}

/** Everyone else has their turn between two files. */
async function extractAll(managers: readonly Manager[], files: FileSet) {
  const extracted: ReturnType<Manager["extract"]>[] = [];
  for (const one of extractEach(managers, files)) {
    extracted.push(one);
    await takeTurns();
  }
  return joinExtracted(managers, files, extracted);
}

/** The regular files of a commit, by path. */
export async function readTree(
  context: Context,
  repository: Repository,
  commit: Sha,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = await context.github.trees.tree(repository, commit);
  return new Map(entries.filter(isFile).map((entry) => [entry.path, entry]));
}

/** The text of a file; one that is there and cannot be read must not count as absent: a parser refuses this text. */
export async function readText(
  context: Context,
  repository: Repository,
  entry: TreeEntry,
  largest = LARGEST_FILE,
): Promise<string> {
  const isReadable = entry.size <= largest;
  const text = isReadable ? decode(await context.github.trees.blob(repository, entry.sha)) : undefined;
  return text ?? "\u0000";
}

function isFile({ mode }: TreeEntry): boolean {
  return mode === "100644" || mode === "100755";
}

/** The text with its BOM, so that writing it back gives the same bytes; `undefined` when that is not possible. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function tooLong({ path }: TreeEntry): Problem {
  return { path, line: 1, column: 1, reason: { code: "too-large", detail: `a path of ${path.length} characters` } };
}

function tooLarge(entry: TreeEntry): Problem {
  return { path: entry.path, line: 1, column: 1, reason: { code: "too-large", detail: `${entry.size} bytes` } };
}
