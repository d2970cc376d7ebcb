import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { type Config, loadConfig } from "../config/load.ts";
import { ignoredBy } from "../config/merge.ts";
import { type ConfigProblem, describeProblem, hasErrors } from "../config/problem.ts";
import { AppError } from "../core/errors.ts";
import { sentence } from "../core/reason.ts";
import type { FileSet, Problem, Use } from "../core/use.ts";
import type { Manager } from "../manager/manager.ts";
import { type Output, printNote } from "./output.ts";
import { readInside, readTree } from "./tree.ts";

const CONFIG = ".github/oakum.yml";

/** A checkout as Oakum reads it: its files, the images that they use, and its configuration. */
export interface Workspace {
  readonly root: string;
  readonly files: FileSet;
  readonly uses: readonly Use[];
  readonly problems: readonly Problem[];
  readonly config: Config;
  readonly configProblems: readonly ConfigProblem[];
}

export async function openWorkspace(folder: string, managers: readonly Manager[]): Promise<Workspace> {
  const { root, files, problems } = await readTree(folder, (path) => managers.some((manager) => manager.matches(path)));
  const extracted = managers.map((manager) => manager.extract(filesOf(manager, files)));
  const { config, problems: configProblems } = await readConfig(root);
  const ignored = ignoredBy(config);
  const found = [...problems, ...extracted.flatMap((one) => one.problems)];
  return {
    root,
    files,
    uses: extracted.flatMap(({ uses }) => uses),
    problems: found.filter(({ path }) => !ignored(path)),
    config,
    configProblems,
  };
}

/** The files that one manager reads. */
export function filesOf(manager: Manager, files: FileSet): FileSet {
  return new Map([...files].filter(([path]) => manager.matches(path)));
}

/** The configuration of the checkout at `root`; the defaults when it has none. Throws INPUT when the file cannot be read. */
export async function readConfig(root: string): Promise<ReturnType<typeof loadConfig>> {
  const exists = await lstat(join(root, CONFIG)).then(
    () => true,
    () => false,
  );
  if (!exists) return loadConfig({});
  const read = await readInside(root, CONFIG);
  if ("reason" in read) throw new AppError("INPUT", `${CONFIG}: ${sentence(read.reason)}`);
  return loadConfig({ repository: { path: CONFIG, text: read.text } });
}

/** Tells a person what could not be read, and what is wrong with the configuration. True when that must stop a change. */
export function reportProblems(output: Output, { problems, configProblems }: Workspace): boolean {
  for (const problem of problems)
    printNote(output, describeProblem({ ...problem, sentence: sentence(problem.reason) }));
  for (const problem of configProblems) printNote(output, describeProblem(problem));
  return hasErrors(configProblems);
}
