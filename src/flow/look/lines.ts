import { hasErrors } from "../../config/problem.ts";
import type { Line } from "../../core/line.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { Doubt, IndexedLine, Maintained } from "../../store/inverted-index.ts";
import type { Context, Run } from "../context.ts";
import type { RepositoryPlan, Ruling } from "../plan/plan.ts";
import { eachInTurn } from "./each-in-turn.ts";
import { act, hasWork, planLine, settle } from "./line.ts";
import { listLines } from "./list-lines.ts";

/**
 * The same for the branches that policy names beside the default one, by what the default branch says is to be done. As long as
 * they are not in doubt, and there is nothing to do for any of them, GitHub is asked nothing; else once for the heads of all.
 * What one of them fails by holds up none of the others.
 */
export async function lookAtLines(
  context: Context,
  run: Run,
  { repository, reading, extraction }: RepositoryPlan,
  maintained: Maintained | undefined,
): Promise<void> {
  // A file that cannot be read says nothing of branches: they stay, and nothing is proposed for any.
  const patterns = hasErrors(reading.problems) ? (maintained?.patterns ?? []) : reading.config.branches;
  if (patterns.length === 0 && maintained === undefined) return;
  const known = await context.store.index.lines(repository);
  const { commit, rules = commit } = extraction;
  const ruling = { commit, rules, reading };
  const isNew = canonicalJson(maintained?.patterns ?? []) !== canonicalJson(patterns);
  const kept = await planAsKnown(context, run, repository, known, ruling);
  const isAsked = isNew || known.some((line) => line.doubt !== undefined || kept.get(line.base)?.hasWork !== false);
  if (!isAsked) return;
  const heads = await listLines(context, repository, patterns);
  const now = known.filter(({ base }) => !heads.has(base)).map(({ base }) => [base, undefined] as const);
  await eachInTurn(
    [...heads, ...now].map(([base, head]) => () => {
      const one = { line: { ...repository, base }, head, doubt: known.find((line) => line.base === base)?.doubt };
      return lookAtLine(context, run, one, kept.get(base), ruling);
    }),
  );
}

/** A line as it was planned by what is kept of it, and whether there is anything to do for it. */
interface KeptPlan {
  readonly planned: RepositoryPlan;
  readonly hasWork: boolean;
}

/** The plans of the lines that nobody doubts. */
async function planAsKnown(
  context: Context,
  run: Run,
  repository: Repository,
  lines: readonly IndexedLine[],
  ruling: Ruling,
): Promise<ReadonlyMap<string, KeptPlan>> {
  const plans = new Map<string, KeptPlan>();
  for (const { base, named, doubt } of lines) {
    if (named === undefined || doubt !== undefined) continue;
    try {
      const planned = await planLine(context, run, { ...repository, base }, named, ruling);
      plans.set(base, { planned, hasWork: await hasWork(context, run, planned) });
    } catch {
      // Its commit may be gone, say, or its tree too large: it is looked at by itself then, and fails by itself.
    }
  }
  return plans;
}

/** A line with its head as GitHub names it now; without one where the branch is gone, or not kept any more. */
interface LineNow {
  readonly line: Line;
  readonly doubt: Doubt | undefined;
  readonly head: Sha | undefined;
}

async function lookAtLine(
  context: Context,
  run: Run,
  { line, head, doubt }: LineNow,
  kept: KeptPlan | undefined,
  ruling: Ruling,
): Promise<void> {
  if (head !== undefined) {
    const isSame = kept?.planned.extraction.commit === head;
    const planned = isSame ? kept.planned : await planLine(context, run, line, head, ruling);
    if (!isSame || kept.hasWork) await act(context, run, planned);
  }
  if (doubt !== undefined) await settle(context, line, doubt, head);
}
