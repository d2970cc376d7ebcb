import { isAppError } from "../../core/errors.ts";
import type { Fact } from "../../core/ledger.ts";
import { baseOf, type Line } from "../../core/line.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { dueOf } from "../../core/policy/due.ts";
import { fingerprint } from "../../core/pull/body/boxes.ts";
import type { PullAct } from "../../core/pull/diff.ts";
import { commitMessage, openingsOf, type PullRecord, pullTitle, withHeads } from "../../core/pull/pull.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { FileChange } from "../../github/branches.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject, targetsOf } from "../conversation/refusal.ts";
import { rebasedFact } from "../conversation/wishes.ts";
import { abandon } from "../gate/evidence.ts";
import type { Present } from "../gate/present.ts";
import { openingBody } from "../gate/report.ts";
import { ownPullsOf } from "../line-of-pull.ts";
import type { RepositoryPlan } from "../plan/plan.ts";
import { act, finish, record } from "../record.ts";

/** A group that is wanted, and the files that its edits make. */
export interface Wanted {
  readonly branch: string;
  readonly group: UpdateGroup;
  readonly files: readonly FileChange[];
}

/** Makes one pull, or its branch, what the diff of pulls says. */
export async function doAct(
  context: Context,
  run: Run,
  planned: RepositoryPlan,
  step: PullAct,
  desired: Wanted | undefined,
  now: Present | undefined,
): Promise<void> {
  if (step.kind === "close") return close(context, run, planned.repository, now);
  if (step.kind === "tidy") return tidy(context, run, planned.repository, now);
  if (desired === undefined) return;
  const { record: known, head, content } = now ?? {};
  const isThere = content === "equal" && head !== undefined && known?.state === "open";
  if (step.kind === "keep" && !isThere) return;
  const isMadeAnew = !isThere || now?.rebase === true;
  const own = isMadeAnew
    ? await push(context, run, planned, desired, now)
    : await adopt(context, run, known, now?.asked);
  if (isMadeAnew && known !== undefined) await abandon(context, run, planned.repository, planned.reading.config, known);
  await open(context, run, planned, own, now?.state === "open" ? now.pull : undefined);
}

/** The branch carries what is wanted. A try that died right after the push has left that to be written down. */
async function adopt(context: Context, run: Run, own: PullRecord, asked: string | undefined): Promise<PullRecord> {
  await finish(context, run, pushedFact(own, asked));
  // It stands on the base as it is: there was nothing to make anew, or a try that died has made it.
  if (asked !== undefined) await record(context, run, rebasedFact(own, asked));
  return own;
}

/** Commits the files and moves the branch. The commit is on record before the branch points at it: only such are ours. */
async function push(
  context: Context,
  run: Run,
  { repository, extraction, reading }: RepositoryPlan,
  { branch, group, files }: Wanted,
  now: Present | undefined,
): Promise<PullRecord> {
  const old = now?.state === "open" ? now.record : undefined;
  const own = {
    repository: { host: repository.host, installation: repository.installation, repository: repository.repository },
    branch,
    base: baseOf(repository),
    title: old?.title ?? pullTitle(group, reading.config.commit.prefix, repository.base),
    group,
    baseSha: extraction.commit,
    due: dueOf(group, reading.config.due),
    state: "open",
    ...(old?.number !== undefined && { number: old.number }),
    ...(old?.heard !== undefined && { heard: old.heard }),
    ...(old?.described !== undefined && { described: old.described }),
    ...openingOf(context, now?.record, old),
  } as const;
  const message = commitMessage(group, reading.config.commit.prefix);
  return act(
    context,
    run,
    pushedFact(own, now?.asked),
    async () => {
      const commit = await context.github.branches.commit(repository, extraction.commit, files, message);
      const pushed = { ...own, heads: withHeads(now?.record?.heads ?? [], commit) };
      await context.store.pulls.save(pushed);
      await context.github.branches.move(repository, branch, now?.head, commit);
      return pushed;
    },
    async ({ ledger, jobs }) => {
      if (now?.asked !== undefined) await ledger.append(rebasedFact(own, now.asked), context.now());
      await jobs.enqueue({ kind: "pull", repository: own.repository, branch });
    },
  );
}

/** When the pull was opened that this branch now carries, and when those were that it carried before. */
function openingOf(context: Context, known: PullRecord | undefined, open: PullRecord | undefined) {
  const now = context.now();
  const { openedAt, openedBefore = [] } = open ?? {};
  if (openedAt !== undefined) return { openedAt, openedBefore };
  return { openedAt: now, openedBefore: known === undefined ? [] : openingsOf(known, now) };
}

/** `asked`: the cause of the rebase that a person asked for, if that is why it is pushed. */
function pushedFact(own: Pick<PullRecord, "repository" | "branch" | "group" | "baseSha">, asked?: string): Fact {
  const { branch, group, baseSha } = own;
  const cause = `${targetsOf(branch, group)} on ${baseSha}${asked === undefined ? "" : ` for ${asked}`}`;
  const steps = group.updates.map(({ from, to }) => ({ from: from.digest ?? from.tag, to: to.digest ?? to.tag }));
  return { subject: pullSubject(own), transition: "pushed", cause, data: { image: group.image.repository, steps } };
}

/** Opens the pull request of a branch, unless it is open; an earlier try that died may have opened it. */
async function open(
  context: Context,
  run: Run,
  { repository, reading }: RepositoryPlan,
  own: PullRecord,
  existing: Pull | undefined,
): Promise<void> {
  if (own.number !== undefined && existing !== undefined) return;
  const { branch, base, title } = own;
  const body = openingBody(context, { repository, own, config: reading.config });
  const cause = `${targetsOf(branch, own.group)} on ${own.baseSha}`;
  await act(
    context,
    run,
    { subject: pullSubject(own), transition: "opened", cause, data: { title } },
    async () => existing ?? openOnce(context, repository, { branch, base, title, body }),
    async (tables, { number }) => {
      const described = fingerprint(body);
      await tables.pulls.update(own.repository, branch, (fresh) => ({ ...fresh, number, described }));
      await tables.jobs.enqueue({ kind: "pull", repository: own.repository, branch });
    },
  );
}

type Opening = Parameters<Context["github"]["pulls"]["open"]>[1];

async function openOnce(context: Context, repository: Repository, pull: Opening): Promise<Pull> {
  const { pulls } = context.github;
  try {
    return await pulls.open(repository, pull);
  } catch (error) {
    const [existing] = isAppError(error, "CONFLICT") ? await pulls.list(repository, pull.branch, "open") : [];
    if (existing === undefined) throw error;
    return existing;
  }
}

/** Nothing wants this pull any more: someone updated by hand, or policy changed. */
async function close(context: Context, run: Run, repository: Repository, now: Present | undefined): Promise<void> {
  const { pull, record: own, head, branch } = now ?? {};
  if (pull === undefined || own === undefined || branch === undefined) return;
  await act(
    context,
    run,
    { subject: pullSubject(own), transition: "closed", cause: head ?? branch, data: { number: pull.number } },
    async () => {
      await context.github.pulls.update(repository, pull.number, { state: "closed" });
      if (head !== undefined) await context.github.branches.move(repository, branch, head, undefined);
    },
    async ({ pulls, jobs }) => {
      await pulls.update(own.repository, branch, (fresh) => ({ ...fresh, state: "closed" }));
      await jobs.enqueue({ kind: "pull", repository: own.repository, branch });
    },
  );
}

/** The branch of a pull that has ended. It may be gone by the time, or have moved: then it is no longer ours to delete. */
async function tidy(context: Context, run: Run, repository: Repository, now: Present | undefined): Promise<void> {
  const { record: own, head, branch } = now ?? {};
  if (own === undefined || head === undefined || branch === undefined) return;
  await act(
    context,
    run,
    deletedFact(own, head),
    () => context.github.branches.move(repository, branch, head, undefined),
    async () => {},
  );
}

function deletedFact(own: PullRecord, head: Sha): Fact {
  return { subject: pullSubject(own), transition: "branch deleted", cause: head, data: {} };
}

/** A try that died right after it deleted a branch has left that to be written down. */
export async function finishTidying(
  context: Context,
  run: Run,
  repository: Line,
  present: readonly Present[],
): Promise<void> {
  const seen = new Set(present.filter(({ head }) => head !== undefined).map(({ branch }) => branch));
  for (const own of await ownPullsOf(context.store, repository)) {
    const head = own.heads.at(-1);
    if (seen.has(own.branch) || own.state === "open" || head === undefined) continue;
    seen.add(own.branch);
    await finish(context, run, deletedFact(own, head));
  }
}
