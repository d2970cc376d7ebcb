import { maintainedBranches, prefixesOf } from "../../config/branches.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { Context } from "../context.ts";

/**
 * Asks GitHub for the branches that patterns name, and keeps those that are lines, by the limit, with their heads. Answers with
 * them, by name. When it is others than before, or more are left out, the default branch is looked at again: it closes what goes
 * into a line no more, and tells of the limit.
 */
export async function listLines(
  context: Context,
  repository: Repository,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, Sha>> {
  const { index, jobs } = context.store;
  const heads = new Map<string, Sha>();
  for (const prefix of prefixesOf(patterns)) {
    for (const [branch, head] of await context.github.branches.matching(repository, prefix)) heads.set(branch, head);
  }
  const { kept, left } = maintainedBranches(patterns, [...heads.keys()], repository.defaultBranch);
  const lines = new Map(kept.map((branch) => [branch, heads.get(branch) ?? ""]));
  const maintained = patterns.length === 0 ? undefined : { patterns, left };
  const known = (await index.lines(repository)).filter(({ named }) => named !== undefined);
  const before = (await index.repository(repository))?.maintained;
  const isSame = lines.size === known.length && known.every(({ base, named }) => lines.get(base) === named);
  if (isSame && canonicalJson(maintained ?? null) === canonicalJson(before ?? null)) return lines;
  await index.saveLines(repository, maintained, lines);
  if (known.some(({ base }) => !lines.has(base)) || left !== (before?.left ?? 0)) {
    await index.doubt(repository, { cause: "other branches", since: context.now() });
    await jobs.enqueue({ kind: "repo", repository });
  }
  return lines;
}
