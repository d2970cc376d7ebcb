import type { Fact } from "../../core/ledger.ts";
import type { Line } from "../../core/line.ts";
import { isBuilt } from "../../core/plan/group.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { type ActualPull, isOutdated } from "../../core/pull/diff.ts";
import { lastReviews } from "../../core/pull/merge.ts";
import { baseOfBranch, branchPrefix, headOf, type PullRecord } from "../../core/pull/pull.ts";
import { isQueued } from "../../core/pull/queue.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { together } from "../../core/together.ts";
import { isUnfinished } from "../../core/verdict/judge.ts";
import type { Verdict } from "../../core/verdict/verdict.ts";
import type { Closing, Pull } from "../../github/pulls.ts";
import type { ObservedImage } from "../../store/observations.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { isRefused, lift, pullSubject, recallRefusals, refuse, targetsOf } from "../conversation/refusal.ts";
import { endSnooze } from "../conversation/wishes.ts";
import { goesInto } from "../line-of-pull.ts";
import { noticeBaseMerge } from "../propose/base-merge.ts";
import { assertCurrent, record } from "../record.ts";

/** All our branches begin with this; no other is ever written. */
export const PREFIX = "oakum/";

/** What is there under one of our branch names. */
export interface Present extends ActualPull {
  readonly pull?: Pull;
  readonly record?: PullRecord;
  /** Whether the head can never merge as it is: a tag has moved, or it conflicts. */
  readonly outdated?: boolean;
  /** Under which cause a person asked for it to be made anew, if that is not done yet. */
  readonly asked?: string;
}

/** What is on GitHub under names of ours. */
export interface Ground {
  readonly heads: ReadonlyMap<string, Sha>;
  /** All that were ever opened from some of the branches, newest first. */
  readonly pulls: ReadonlyMap<string, readonly Pull[]>;
}

/** Where our branches for a line point, and the pull requests from those that are asked about. */
export async function groundOf(context: Context, repository: Line, branches: readonly string[]): Promise<Ground> {
  const { github } = context;
  const prefix = repository.base === undefined ? PREFIX : branchPrefix(repository.base);
  const listed = branches.map(async (branch) => [branch, await github.pulls.list(repository, branch, "all")] as const);
  const [heads, pulls] = await together([github.branches.matching(repository, prefix), together(listed)]);
  return { heads, pulls: new Map(pulls) };
}

/** Every branch with a name of ours for a line, and the newest pull request from it, beside what is wanted there. */
export async function observePulls(
  context: Context,
  run: Run,
  repository: Line,
  wanted: ReadonlyMap<string, UpdateGroup>,
  { heads, pulls: asked }: Ground,
): Promise<readonly Present[]> {
  const isOwn = await goesInto(context.store, repository);
  const records = (await context.store.pulls.list(repository)).filter(({ base }) => isOwn(base));
  const branches = [...heads.keys()].filter((branch) => isOwn(baseOfBranch(branch)));
  const open = records.filter(({ state }) => state === "open").map(({ branch }) => branch);
  const present: Present[] = [];
  for (const branch of new Set([...branches, ...open, ...wanted.keys()])) {
    const known = records.find((one) => one.branch === branch);
    const pulls = asked.get(branch) ?? (await context.github.pulls.list(repository, branch, "all"));
    const [pull] = pulls;
    if (known === undefined) await recallRefusals(context, run, repository, branch, pulls);
    const head = heads.get(branch);
    if (head === undefined && pull === undefined) continue;
    const noticed = known && pull ? await noticeChange(context, run, repository, known, pull) : known;
    const own = noticed && head ? await noticeBaseMerge(context, run, repository, noticed, head) : noticed;
    const observed = own?.state === "open" ? await context.store.observations.of(own.group.image) : undefined;
    const now = describe({ branch, head, pull, own, desired: wanted.get(branch), observed });
    const settled = await withApproval(context, repository, await withConflict(context, repository, now));
    present.push({ ...settled, spent: await isSpent(context, own, pull) });
  }
  return present;
}

interface Seen {
  readonly branch: string;
  readonly head: Sha | undefined;
  readonly pull: Pull | undefined;
  readonly own: PullRecord | undefined;
  readonly desired: UpdateGroup | undefined;
  readonly observed: ObservedImage | undefined;
}

function describe({ branch, head, pull, own, desired, observed }: Seen): Present {
  const isOurs = head === undefined || (own?.heads.includes(head) ?? false);
  // A head before the last one is what a try left behind that died before it moved the branch.
  const isNewest = head !== undefined && own !== undefined && headOf(own) === head;
  const isEqual = isNewest && own !== undefined && desired !== undefined && sameTargets(own, desired);
  const isDead = own !== undefined && desired !== undefined && isOutdated(own.group, desired, observed?.observations);
  const gate = own?.gate?.head === head ? own?.gate?.verdict : undefined;
  return {
    branch,
    state: stateOf(pull),
    ...(head !== undefined && { head }),
    content: !isOurs ? "foreign" : isEqual ? "equal" : "differs",
    frozen: !isDead && (isInGate(gate) || isQueued(own?.queue, head)),
    failed: gate?.state === "fail",
    outdated: isDead,
    ...(pull && { pull }),
    ...(own && { record: own }),
  };
}

/** Whether a head is being built and scanned, or has passed. */
function isInGate(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && (verdict.state === "pass" || isUnfinished(verdict));
}

/** A head that a person approved stays, too; they are asked for only where it would not otherwise. */
async function withApproval(context: Context, repository: Repository, now: Present): Promise<Present> {
  const isOver = now.state !== "open" || now.content !== "differs" || now.frozen || now.failed || now.outdated === true;
  if (isOver || now.pull === undefined) return now;
  const heads = new Set([now.head, ...(now.record?.sameChange ?? [])]);
  const reviews = await context.github.pulls.reviews(repository, now.pull.number);
  return {
    ...now,
    frozen: lastReviews(reviews).some(({ state, commit }) => state === "approved" && heads.has(commit)),
  };
}

/** The branch of a pull that a person refused stays: they may want to open it again. */
async function isSpent(context: Context, own: PullRecord | undefined, pull: Pull | undefined): Promise<boolean> {
  if (own === undefined || pull === undefined || own.number !== pull.number || pull.state === "open") return false;
  return pull.merged || !(await isRefused(context.store.ledger, own, targetsOf(own.branch, own.group)));
}

/** A head that conflicts with its base is made anew; only the pull itself, asked alone, says so. */
async function withConflict(context: Context, repository: Repository, now: Present): Promise<Present> {
  const stays = now.content === "equal" || (now.content === "differs" && now.frozen);
  if (now.state !== "open" || !stays || now.pull === undefined) return now;
  const { mergeable } = await context.github.pulls.get(repository, now.pull.number);
  return mergeable === false ? { ...now, content: "differs", frozen: false, outdated: true } : now;
}

function stateOf(pull: Pull | undefined): ActualPull["state"] {
  if (pull === undefined) return "none";
  return pull.merged ? "merged" : pull.state;
}

/**
 * Remembers what others did to a pull: merged or reopened it, or closed it, by which a person who may write refuses exactly
 * what it proposed. Answers with the record as it is then.
 */
export async function noticeChange(
  context: Context,
  run: Run,
  repository: Repository,
  own: PullRecord,
  pull: Pull,
): Promise<PullRecord> {
  if (own.number !== pull.number || own.state === "merged") return own;
  if (own.state === "closed") return pull.state === "open" ? noticeReopened(context, run, own, pull) : own;
  if (pull.state === "open") return own;
  const { mergeCommit } = pull;
  if (pull.merged && mergeCommit !== undefined) {
    const fact = { subject: pullSubject(own), transition: "merged", cause: pull.head, data: { number: pull.number } };
    await record(context, run, fact, (tables) => saveMerged(context, tables, repository, own, mergeCommit));
    return { ...own, state: "merged", merge: mergeCommit };
  }
  await noticeClosed(context, run, own, pull, await context.github.pulls.closing(repository, pull.number));
  return { ...own, state: "closed" };
}

/** What follows from a merge, in the transaction that writes it down: a release, where it is the default branch that has it. */
export async function saveMerged(
  context: Context,
  { index, pulls, jobs }: Tables,
  { defaultBranch }: Repository,
  { repository, branch, base, group }: PullRecord,
  merge: Sha,
): Promise<void> {
  const mergedAt = context.now();
  await index.doubt({ ...repository, base }, { cause: merge, since: mergedAt });
  await pulls.update(repository, branch, (fresh) => ({ ...fresh, state: "merged", merge, mergedAt }));
  if (isBuilt(group) && base === defaultBranch) await jobs.enqueue({ kind: "release", repository, merge });
  await jobs.enqueue({ kind: "repo", repository });
}

async function noticeClosed(context: Context, run: Run, own: PullRecord, pull: Pull, closing: Closing): Promise<void> {
  const { repository, branch, group } = own;
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    const refusal = { place: own, targets: targetsOf(branch, group), number: pull.number, by: closing.who };
    if (closing.by === "writer") await refuse(tables.ledger, refusal, context.now());
    else await tables.ledger.append({ subject: pullSubject(own), ...closed(pull, closing) }, context.now());
    await tables.index.doubt(
      { ...repository, base: own.base },
      { cause: `#${pull.number} was closed`, since: context.now() },
    );
    await tables.pulls.update(repository, branch, (fresh) => ({ ...fresh, state: "closed" }));
    // It made room for another, or is opened anew.
    await tables.jobs.enqueue({ kind: "repo", repository });
    await tables.jobs.enqueue({ kind: "pull", repository, branch });
  });
}

/** A closing that refuses nothing: who may only triage can close a pull, but not decide about its update. */
function closed({ number, head }: Pull, { by, who }: Closing): Omit<Fact, "subject"> {
  const data = { number, ...(who && { by: { id: who.id, login: who.login } }) };
  if (by === "us") return { transition: "closed", cause: head, data };
  return { transition: "closed without write access", cause: `#${number} at ${head}`, data };
}

async function noticeReopened(context: Context, run: Run, own: PullRecord, pull: Pull): Promise<PullRecord> {
  const { repository, branch } = own;
  // Each time is a fact of its own; the record's state, in the same transaction, keeps it from being told twice.
  const cause = `#${pull.number} at ${pull.head}, ${new Date(context.now()).toISOString()}`;
  const fact = { subject: pullSubject(own), transition: "reopened", cause, data: { number: pull.number } };
  await record(context, run, fact, async ({ pulls, ledger, jobs }) => {
    await pulls.update(repository, branch, (fresh) => ({ ...fresh, state: "open" }));
    await lift(ledger, own, targetsOf(branch, own.group), context.now());
    await endSnooze(ledger, own, cause, context.now());
    await jobs.enqueue({ kind: "pull", repository, branch });
  });
  return { ...own, state: "open" };
}

/** Whether what we pushed last is what is wanted. */
function sameTargets({ branch, group }: PullRecord, desired: UpdateGroup): boolean {
  return targetsOf(branch, group) === targetsOf(branch, desired);
}
