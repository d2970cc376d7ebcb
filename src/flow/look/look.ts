import { isAppError } from "../../core/errors.ts";
import type { Repository, RepositoryId, Sha } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { IndexedRepository } from "../../store/inverted-index.ts";
import type { Context, Run } from "../context.ts";
import { findRepository, type RepositoryPlan } from "../plan/plan.ts";
import { readAgain, reading } from "../read/policy.ts";
import { eachInTurn } from "./each-in-turn.ts";
import { act, hasWork, planLine, settle } from "./line.ts";
import { lookAtLines } from "./lines.ts";

/**
 * Steps 2 and 3, as far as they are needed. While nobody says that something changed, the repository is planned from what is
 * kept of it, and GitHub is asked nothing; what there is to do is done only on what GitHub names now. The default branch comes
 * first: it says which others are kept patched.
 */
export async function lookAtRepository(context: Context, run: Run, id: RepositoryId): Promise<void> {
  const known = await context.store.index.repository(id);
  const main = known && (await lookAtDefault(context, run, known));
  if (main === undefined) return;
  await eachInTurn([main.finish, () => lookAtLines(context, run, main.planned, known?.maintained)]);
}

/** The default branch as it was looked at. */
interface Main {
  readonly planned: RepositoryPlan;
  /** Does what there is to do for it. */
  readonly finish: () => Promise<void>;
}

/** `undefined` when the repository is gone, or has no commit. */
async function lookAtDefault(context: Context, run: Run, known: IndexedRepository): Promise<Main | undefined> {
  const kept = await planAsKnown(context, run, known);
  if (kept !== undefined && !(await hasWork(context, run, kept))) return { planned: kept, finish: async () => {} };
  const found = await reading(context, known, () => findNow(context, known));
  if (found === undefined) return undefined;
  const { repository, head } = found;
  const planned = head === undefined ? undefined : await planNow(context, run, repository, head, kept);
  const doubt = await readAgain(context, known);
  const finish = async () => {
    if (planned !== undefined) await act(context, run, planned);
    if (doubt !== undefined) await settle(context, repository, doubt, head);
  };
  if (planned !== undefined) return { planned, finish };
  await forgetCommits(context, repository);
  await finish();
  return undefined;
}

async function forgetCommits({ store }: Context, repository: Repository): Promise<void> {
  await store.index.saveLines(repository, undefined, new Map());
  await store.index.removeExtraction(repository);
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

/** The plan by the head that GitHub named last; `undefined` when that is in doubt, or cannot be read any more. */
async function planAsKnown(
  context: Context,
  run: Run,
  { head: _, named, doubt, maintained: __, ...repository }: IndexedRepository,
): Promise<RepositoryPlan | undefined> {
  if (named === undefined || doubt !== undefined) return undefined;
  try {
    return await planLine(context, run, repository, named);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    return undefined;
  }
}

async function planNow(
  context: Context,
  run: Run,
  repository: Repository,
  head: Sha,
  kept: RepositoryPlan | undefined,
): Promise<RepositoryPlan> {
  await context.store.index.saveRepository({ ...repository, named: head });
  const isSame = kept?.extraction.commit === head && isNamedAlike(kept.repository, repository);
  return isSame ? { ...kept, repository } : planLine(context, run, repository, head);
}

/** Whether what policy may go by is as it was. */
function isNamedAlike(one: Repository, other: Repository): boolean {
  const partsOf = ({ owner, name, defaultBranch, properties }: Repository) =>
    canonicalJson([owner, name, defaultBranch, properties ?? null]);
  return partsOf(one) === partsOf(other);
}
