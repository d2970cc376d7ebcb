import { isAppError } from "../core/errors.ts";
import type { Repository, RepositoryId, Sha } from "../core/repository.ts";
import { canonicalJson } from "../core/text/canonical-json.ts";
import { together } from "../core/together.ts";
import type { Doubt, IndexedRepository } from "../store/inverted-index.ts";
import type { Context, Run } from "./context.ts";
import { answerOpen } from "./gate/answer.ts";
import { pausedReason } from "./pause/pause.ts";
import { noteOutlook } from "./plan/outlook.ts";
import { findRepository, planRepository, type RepositoryPlan } from "./plan/plan.ts";
import { wakeWaiting } from "./propose/catch-up.ts";
import { proposeUpdates } from "./propose/propose.ts";
import { survey } from "./propose/survey.ts";
import { readAgain, reading } from "./read/policy.ts";
import { isReported, reportConfig } from "./report/config.ts";
import { reportRules } from "./report/rules.ts";

/** Milliseconds in which GitHub may still name a head from before a push that it told us of. */
const SETTLING = 60_000;

/**
 * Steps 2 and 3, as far as they are needed. While nobody says that something changed, the repository is planned from what is
 * kept of it, and GitHub is asked nothing; what there is to do is done only on what GitHub names now.
 */
export async function lookAtRepository(context: Context, run: Run, id: RepositoryId): Promise<void> {
  const known = await context.store.index.repository(id);
  if (known === undefined) return;
  const kept = await planAsKnown(context, run, known);
  if (kept !== undefined && !(await hasWork(context, run, kept))) return;
  const found = await reading(context, id, () => findNow(context, known));
  if (found === undefined) return;
  const { repository, head } = found;
  if (head === undefined) await context.store.index.removeExtraction(repository);
  else await act(context, run, repository, head, kept);
  if (known.doubt !== undefined) await settle(context, repository, known.doubt, head);
}

/** The repository, and its head, as GitHub names them now; asked at once, as the one is mostly what it was. */
async function findNow(context: Context, known: IndexedRepository) {
  const { trees } = context.github;
  const headOf = async (one: Repository) => ({ sha: await trees.head(one, one.defaultBranch) });
  const [repository, head] = await Promise.all([
    findRepository(context, known),
    headOf(known).catch((failure: unknown) => ({ failure })),
  ]);
  if (repository === undefined) return undefined;
  const isElsewhere = branchOf(known) !== branchOf(repository);
  if (isElsewhere) return { repository, head: (await headOf(repository)).sha };
  // Of one that is gone this was no failure.
  if ("failure" in head) throw head.failure;
  return { repository, head: head.sha };
}

function branchOf({ owner, name, defaultBranch }: Repository): string {
  return `${owner}/${name}#${defaultBranch}`;
}

async function plan(context: Context, run: Run, repository: Repository, commit: Sha): Promise<RepositoryPlan> {
  const planned = await reading(context, repository, () => planRepository(context, run, repository, commit));
  await noteOutlook(context, run, planned);
  return planned;
}

/** The plan by the head that GitHub named last; `undefined` when that is in doubt, or cannot be read any more. */
async function planAsKnown(
  context: Context,
  run: Run,
  { head: _, named, doubt, ...repository }: IndexedRepository,
): Promise<RepositoryPlan | undefined> {
  if (named === undefined || doubt !== undefined) return undefined;
  try {
    return await plan(context, run, repository, named);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    return undefined;
  }
}

/** Whether there is anything to do for a repository, or of ours to look after. */
async function hasWork(context: Context, run: Run, planned: RepositoryPlan): Promise<boolean> {
  if (planned.plan.groups.length > 0 || !(await isReported(context, run, planned))) return true;
  const records = await context.store.pulls.list(planned.repository);
  return records.some(({ state }) => state === "open");
}

async function act(
  context: Context,
  run: Run,
  repository: Repository,
  head: Sha,
  kept: RepositoryPlan | undefined,
): Promise<void> {
  await context.store.index.saveRepository({ ...repository, named: head });
  const isSame = kept?.extraction.commit === head && isNamedAlike(kept.repository, repository);
  const planned = isSame ? { ...kept, repository } : await plan(context, run, repository, head);
  await reportConfig(context, run, planned);
  // What an App cannot do anyway, no rule keeps it from.
  const mayWrite = planned.held?.code !== "permission-missing";
  const [rules, surveyed] = await together([
    mayWrite ? reportRules(context, run, planned) : undefined,
    survey(context, planned),
  ]);
  if (surveyed !== undefined) await proposeUpdates(context, run, planned, surveyed);
  await wakeWaiting(context, repository);
  if (rules !== undefined) await answerOpen(context, repository, rules);
}

/** Whether what policy may go by is as it was. */
function isNamedAlike(one: Repository, other: Repository): boolean {
  const partsOf = ({ owner, name, defaultBranch, properties }: Repository) =>
    canonicalJson([owner, name, defaultBranch, properties ?? null]);
  return partsOf(one) === partsOf(other);
}

/**
 * GitHub was asked. That it does not name the commit that was pushed means that another push came after, or that it is
 * behind itself: so it is asked once more when that has passed.
 */
async function settle(
  { store, now }: Context,
  repository: Repository,
  doubt: Doubt,
  head: Sha | undefined,
): Promise<void> {
  // What could not be done while paused is done when that ends.
  if ((await pausedReason(store.ledger, repository)) !== undefined) return;
  const isSeen = !/^[0-9a-f]{40}$/.test(doubt.cause) || doubt.cause === head;
  if (isSeen || now() >= doubt.since + SETTLING) {
    await store.index.settle(repository, doubt);
    return readAgain({ store }, doubt);
  }
  await store.jobs.wake({ kind: "repo", repository }, doubt.since + SETTLING);
}
