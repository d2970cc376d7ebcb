import { jobKey } from "../../core/job.ts";
import { headOf, type PullRecord, withBase } from "../../core/pull/pull.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Context, Run } from "../context.ts";
import { record } from "../record.ts";
import { isDerivedOn } from "./derive.ts";

/** Merges of the base between two looks at a branch; more are nobody pressing a button. */
const MOST_MERGES = 10;

/** A head that has the base merged into the one before it. */
interface BaseMerge {
  readonly head: Sha;
  readonly base: Sha;
}

/**
 * Notices that a branch of ours has the base merged in: by us, or by a person who pressed "Update branch". The latter's
 * commit is not ours, but it is not foreign either, as long as it is exactly the clean merge: of commits that the base branch
 * has, changing what our edits change, derived again, and nothing else. It is on record from then on, and gated anew.
 * Answers with the record as it is then.
 */
export async function noticeBaseMerge(
  context: Context,
  run: Run,
  repository: Repository,
  own: PullRecord,
  head: Sha,
): Promise<PullRecord> {
  const { merging } = own;
  if (merging?.head === head) return save(context, own, [merging], merging.at);
  if (own.state !== "open" || own.heads.includes(head)) return own;
  const merges = await findMerges(context, repository, own, head);
  if (merges === undefined) return own;
  const data = { number: own.number, bases: merges.map(({ base }) => base) };
  const subject = jobKey({ kind: "pull", repository: own.repository, branch: own.branch });
  const fact = { subject, transition: "base merged in by a person", cause: head, data };
  await record(context, run, fact);
  return save(context, own, merges);
}

async function save(context: Context, own: PullRecord, merges: readonly BaseMerge[], at?: number): Promise<PullRecord> {
  await context.store.pulls.update(own.repository, own.branch, (fresh) =>
    fresh.heads.at(-1) === own.heads.at(-1) ? withBase(fresh, merges, at) : fresh,
  );
  return withBase(own, merges, at);
}

/** The merges that lead from our newest head to this one, oldest first; `undefined` when anything else does. */
async function findMerges(
  context: Context,
  repository: Repository,
  own: PullRecord,
  head: Sha,
): Promise<readonly BaseMerge[] | undefined> {
  const merges: BaseMerge[] = [];
  const newest = headOf(own);
  for (let at = head; at !== newest; ) {
    const [first, base, ...others] = await context.github.branches.parents(repository, at);
    if (first === undefined || base === undefined || others.length > 0 || merges.length === MOST_MERGES)
      return undefined;
    merges.unshift({ head: at, base });
    at = first;
  }
  const tip = await context.github.trees.head(repository, own.base);
  for (const merge of merges) {
    const isOfBase = tip !== undefined && (await isIn(context, repository, merge.base, tip));
    if (!isOfBase || !(await isDerivedOn(context, repository, own.group, merge))) return undefined;
  }
  return merges;
}

/** Whether a commit is one of those that a head has. */
async function isIn({ github }: Context, repository: Repository, commit: Sha, head: Sha): Promise<boolean> {
  return commit === head || (await github.branches.compare(repository, commit, head))?.behind === 0;
}
