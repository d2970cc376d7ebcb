import { jobKey } from "../../core/job.ts";
import type { Outlook } from "../../core/plan/outlook.ts";
import { branchPrefix } from "../../core/pull/pull.ts";
import { sentence } from "../../core/reason.ts";
import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import type { IndexedRepository } from "../../store/inverted-index.ts";
import type { Context, Run } from "../context.ts";
import { configOf } from "../read/config.ts";
import { record } from "../record.ts";
import { RULES_REPORTED, readRules } from "./rules.ts";

const RULES_SEEN = "rules seen";
/** Repositories whose rules are read in one go, a go being an hour: four or five questions each, of thousands that an hour has. */
const MOST_AT_ONCE = 50;
/** Milliseconds after which they are read again. */
const LASTING = 30 * 86_400_000;

/**
 * Reads the rules of repositories for which nothing is proposed yet: what can never be met is told when Oakum is installed, not
 * when proposing is turned on. Some at a time; answers whether there are more.
 */
export async function readRulesAhead(
  context: Context,
  run: Run,
  repositories: readonly IndexedRepository[],
  outlooks: ReadonlyMap<string, Outlook>,
): Promise<boolean> {
  let left = MOST_AT_ONCE;
  for (const repository of repositories) {
    const outlook = outlooks.get(repositoryKey(repository));
    if (outlook?.mode !== "observe" || Object.keys(outlook.states).length === 0) continue;
    const seen = await context.store.ledger.newest(subjectOf(repository), RULES_SEEN);
    if (seen !== undefined && Date.parse(seen.at) + LASTING > context.now()) continue;
    if (left === 0) return true;
    left -= 1;
    await readAhead(context, run, repository, seen?.sequence);
  }
  return false;
}

/** Rules that may not be read are no reason to ask for them again and again. */
async function readAhead(
  context: Context,
  run: Run,
  { head: _, named: __, doubt: ___, ...repository }: IndexedRepository,
  after: number | undefined,
): Promise<void> {
  const extraction = await context.store.index.extraction(repository, context.reader);
  const { config } = await configOf(context, repository, extraction ?? {});
  const read = await readRules(context, repository, config, `${branchPrefix(repository.defaultBranch)}image`);
  const rules = (read?.unmet ?? []).map(sentence);
  const fact = {
    subject: subjectOf(repository),
    transition: RULES_SEEN,
    cause: `after ${after ?? 0}`,
    data: { rules },
  };
  await record(context, run, fact);
}

/** What rules on a repository's branches ask for that Oakum can never do, in sentences, as far as it looked. */
export async function rulesOf(
  { store }: Context,
  repository: RepositoryId,
  { mode }: Outlook,
): Promise<readonly string[]> {
  const told = await store.ledger.newest(subjectOf(repository), mode === "observe" ? RULES_SEEN : RULES_REPORTED);
  return Array.isArray(told?.data.rules) ? told.data.rules.filter((rule) => typeof rule === "string") : [];
}

function subjectOf(repository: RepositoryId): string {
  return jobKey({ kind: "repo", repository });
}
