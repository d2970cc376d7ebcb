import { lstat, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { type Config, NO_CONFIG } from "../config/config.ts";
import type { ConfigFile } from "../config/load.ts";
import { ignoredBy, policyOf } from "../config/merge.ts";
import type { ConfigProblem } from "../config/problem.ts";
import type { About } from "../config/rule.ts";
import { AppError } from "../core/errors.ts";
import type { PolicyOf } from "../core/policy/policy.ts";
import { sentence } from "../core/reason.ts";
import { folderAt, readInside } from "./tree.ts";

const CONFIG = ".github/oakum.yml";

/** The policy of a checkout, asked with paths from one of its folders. */
export interface LocalPolicy {
  readonly config: Config;
  readonly configProblems: readonly ConfigProblem[];
  readonly policyOf: PolicyOf;
  readonly ignored: (path: string) => boolean;
  /** A path as the policy's globs see it: from the root of the checkout. */
  readonly fromTop: (path: string) => string;
}

/** What a checkout does not tell: the organisation's file, by its path, and what is known of the repository. */
export interface Beside {
  readonly organisation?: string | undefined;
  readonly about?: About;
}

/**
 * The policy that holds in the folder `root` (its symbolic links resolved): that of the git checkout around it, and without
 * git its own; the defaults when there is no file. Throws INPUT when the file cannot be read.
 */
export async function readPolicy(root: string, beside: Beside = {}): Promise<LocalPolicy> {
  const top = await checkoutAround(root);
  const { config, problems: configProblems } = await readConfig(top, relative(root, top), beside);
  const below = relative(top, root);
  const fromTop = (path: string) => slashed(join(below, path));
  const decide = policyOf(config);
  const ignored = ignoredBy(config);
  return {
    config,
    configProblems,
    policyOf: (subject) => decide({ ...subject, path: fromTop(subject.path) }),
    ignored: (path) => ignored(fromTop(path)),
    fromTop,
  };
}

/**
 * The nearest folder with a `.git`, from `root` upwards; `root` itself when there is none. As with git, a stranger's does
 * not count: who may write beside a checkout must not decide what is proposed in it.
 */
async function checkoutAround(root: string): Promise<string> {
  const trusted = new Set([(await stat(root)).uid, process.getuid?.()]);
  for (let folder = root; ; folder = dirname(folder)) {
    const git = await lstat(join(folder, ".git")).catch(() => undefined);
    if (git !== undefined && trusted.has(git.uid)) return folder;
    if (dirname(folder) === folder) return root;
  }
}

/** `up` leads to the checkout: problems and origins are told with paths that a person can open. */
async function readConfig(
  top: string,
  up: string,
  beside: Beside,
): Promise<{ readonly config: Config; readonly problems: readonly ConfigProblem[] }> {
  const exists = await lstat(join(top, CONFIG)).then(
    () => true,
    () => false,
  );
  const repository = exists ? readFile(top, CONFIG, slashed(join(up, CONFIG))) : undefined;
  const { organisation: path, about } = beside;
  const organisation = path === undefined ? undefined : readFile(folderAt(dirname(path)), basename(path), path);
  if (repository === undefined && organisation === undefined) return { config: NO_CONFIG, problems: [] };
  const { loadConfig } = await import("../config/load.ts");
  return loadConfig({ repository, organisation }, about);
}

function readFile(folder: string, name: string, path: string): ConfigFile {
  const read = readInside(folder, name);
  if ("reason" in read) throw new AppError("INPUT", `${path}: ${sentence(read.reason)}`);
  return { path, text: read.text };
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
