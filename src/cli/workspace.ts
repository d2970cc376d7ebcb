import { describeProblem, hasErrors } from "../config/problem.ts";
import { sentence } from "../core/reason.ts";
import type { FileSet, Problem, Use } from "../core/use/use.ts";
import { extractEach, isRead, joinExtracted } from "../flow/read/extract.ts";
import type { Manager } from "../manager/manager.ts";
import { count, type Output, printNote } from "./output.ts";
import { type LocalPolicy, readPolicy } from "./policy.ts";
import { readTree } from "./tree.ts";

/** A folder as Oakum reads it: its files, the images that they use, and the policy that holds there. */
export interface Workspace extends Omit<LocalPolicy, "config"> {
  readonly root: string;
  readonly files: FileSet;
  readonly uses: readonly Use[];
  readonly problems: readonly Problem[];
  /** Symbolic links in the place of files, which are not followed. */
  readonly links: readonly string[];
}

export async function openWorkspace(folder: string, managers: readonly Manager[]): Promise<Workspace> {
  const tree = readTree(folder, (path) => isRead(managers, path));
  const { root, files } = tree;
  const extracted = joinExtracted(managers, files, [...extractEach(managers, files)]);
  const { config: _, ...policy } = await readPolicy(root);
  const found = [...tree.problems, ...extracted.problems];
  return {
    ...policy,
    root,
    files,
    uses: extracted.uses,
    problems: found.filter(({ path }) => !policy.ignored(path)),
    links: tree.links.filter((path) => !policy.ignored(path)),
  };
}

/** Tells a person what could not be read, and what is wrong with the configuration. True when that must stop a change. */
export function reportProblems(
  output: Output,
  { problems, links, configProblems }: Pick<Workspace, "problems" | "links" | "configProblems">,
): boolean {
  for (const problem of problems)
    printNote(output, describeProblem({ ...problem, sentence: sentence(problem.reason) }));
  for (const path of links) printNote(output, `${path}: a symbolic link, not followed`);
  for (const problem of configProblems) printNote(output, describeProblem(problem));
  return hasErrors(configProblems);
}

/** What a person is told who looks for images where there are none. */
export const NOTHING = "oakum: no file here uses an image";

/** Whether it is certain that no file here uses an image. */
export function isEmpty({ uses, problems, links }: Workspace): boolean {
  return uses.length + problems.length + links.length === 0;
}

/** For the end of a summary: that there may be more than was read. */
export function describeUnread({ problems }: Pick<Workspace, "problems">): string {
  return problems.length === 0 ? "" : `, ${count(problems.length, "problem")} (above)`;
}
