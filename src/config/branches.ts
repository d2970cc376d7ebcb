import type { Origin } from "../core/policy/policy.ts";
import type { Config } from "./config.ts";
import { compileGlob } from "./glob.ts";
import type { ConfigProblem } from "./problem.ts";

/** Branches beside the default one that are kept patched in one repository, however many policy names. */
export const MOST_LINES = 10;

/** Branches that are no lines, whatever a pattern says: ours, and what a merge queue of GitHub's tests. */
const NEVER = ["oakum/", "gh-readonly-queue/"];

/** Whether one of the patterns of `branches` names a branch. */
export function namesBranch(patterns: readonly string[], branch: string): boolean {
  return !NEVER.some((prefix) => branch.startsWith(prefix)) && patterns.some((one) => compileGlob(one)(branch));
}

/** Whether pulls of ours may go into a branch of a repository that is configured so. */
export function isKept({ branches }: Pick<Config, "branches">, defaultBranch: string, branch: string): boolean {
  return branch === defaultBranch || namesBranch(branches, branch);
}

/**
 * The branches beside the default one that patterns name, as many as are kept: in the order of the patterns, and of one pattern
 * the higher number first, as it is the line that more people are on. `left`: how many more there are.
 */
export function maintainedBranches(
  patterns: readonly string[],
  branches: readonly string[],
  defaultBranch: string,
): { readonly kept: readonly string[]; readonly left: number } {
  const others = branches.filter((branch) => branch !== defaultBranch && namesBranch(patterns, branch));
  const byPattern = patterns.flatMap((pattern) => others.filter(compileGlob(pattern)).toSorted(higherFirst));
  const all = [...new Set(byPattern)];
  return { kept: all.slice(0, MOST_LINES), left: Math.max(0, all.length - MOST_LINES) };
}

/** What the names begin with that patterns can match: of each pattern what stands before its first wildcard, and none twice. */
export function prefixesOf(patterns: readonly string[]): readonly string[] {
  const prefixes = patterns.map((pattern) => /^[^*?]*/.exec(pattern)?.[0] ?? "");
  const isCovered = (prefix: string) => prefixes.some((other) => other !== prefix && prefix.startsWith(other));
  return [...new Set(prefixes.filter((prefix) => !isCovered(prefix)))];
}

/** `release/10` before `release/9`: numbers by their value, everything else by its letters. */
function higherFirst(one: string, other: string): number {
  return other.localeCompare(one, "en", { numeric: true }) || (one < other ? -1 : 1);
}

/** What a person is told whose patterns name more branches than are kept. */
export function tooManyBranches({ path, line }: Exclude<Origin, "default">, left: number): ConfigProblem {
  const sentence = `branches names ${MOST_LINES + left} branches beside the default one: the first ${MOST_LINES} are kept patched, and ${left} are not`;
  return { path, line, column: 1, level: "warning", code: "too-many-branches", sentence };
}
