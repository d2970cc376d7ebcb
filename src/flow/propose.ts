import { isAppError } from "../core/errors.ts";
import type { Fact } from "../core/ledger.ts";
import { branchName, commitMessage, type PullRecord, pullTitle } from "../core/pull.ts";
import { diffPulls, type PullAct } from "../core/pull-diff.ts";
import type { Reason } from "../core/reason.ts";
import type { Repository } from "../core/repository.ts";
import type { UpdateGroup } from "../core/update.ts";
import type { FileChange, Pull } from "../github/github.ts";
import type { Context, Run } from "./context.ts";
import { deriveFiles } from "./derive.ts";
import { openingBody } from "./gate.ts";
import { holdGroups, type RepositoryPlan } from "./plan.ts";
import { observePulls, type Present, pullSubject, refusals, targetsOf } from "./present.ts";
import { act, record } from "./record.ts";

const HOUR = 3_600_000;

/** A group that is wanted, and the files that its edits make. */
interface Wanted {
  readonly branch: string;
  readonly group: UpdateGroup;
  readonly files: readonly FileChange[];
}

/** Step 3: makes the open pulls what the plan wants: opens, refreshes in place, closes. */
export async function proposeUpdates(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository, reading } = planned;
  const { wanted, held } = derive(context, planned);
  const groups = new Map(wanted.map(({ branch, group }) => [branch, group]));
  const present = await observePulls(context, run, repository, groups);
  const records = await context.store.pulls.list(repository);
  const openedLastHour = records.filter(({ openedAt }) => context.now() - openedAt < HOUR).length;
  const diff = diffPulls({
    desired: wanted,
    actual: present,
    refused: await refusals(context, repository, groups),
    limits: { ...reading.config.limits, openedLastHour },
  });
  const heldGroups = [...held, ...diff.held.flatMap(({ branch, reason }) => heldGroup(groups.get(branch), reason))];
  await holdGroups(context, run, planned, heldGroups);
  for (const step of diff.acts) {
    const now = present.find(({ branch }) => branch === step.branch);
    const desired = wanted.find(({ branch }) => branch === step.branch);
    await doAct(context, run, planned, step, desired, now);
  }
}

/** The groups whose edits can be proved, and why the others cannot. */
function derive(context: Context, { repository, snapshot, plan }: RepositoryPlan) {
  const wanted: Wanted[] = [];
  const held: HeldGroup[] = [];
  for (const group of plan.groups) {
    const derived = deriveFiles(context, snapshot, group);
    if (derived.state === "held") held.push({ group, reason: derived.reason });
    else wanted.push({ branch: branchName(repository.defaultBranch, group), group, files: derived.files });
  }
  return { wanted, held };
}

/** A group that is not proposed now, and why. */
export interface HeldGroup {
  readonly group: UpdateGroup;
  readonly reason: Reason;
}

function heldGroup(group: UpdateGroup | undefined, why: Reason): readonly HeldGroup[] {
  return group === undefined ? [] : [{ group, reason: why }];
}

async function doAct(
  context: Context,
  run: Run,
  planned: RepositoryPlan,
  step: PullAct,
  desired: Wanted | undefined,
  now: Present | undefined,
): Promise<void> {
  if (step.kind === "close") return close(context, run, planned.repository, now);
  if (desired === undefined) return;
  const isThere = now?.content === "equal" && now.head !== undefined && now.record !== undefined;
  const own = isThere ? await adopt(context, run, now.record) : await push(context, run, planned, desired, now);
  await open(context, run, planned, own, now?.state === "open" ? now.pull : undefined);
}

/** The branch carries what is wanted. A try that died right after the push has left that to be written down. */
async function adopt(context: Context, run: Run, own: PullRecord): Promise<PullRecord> {
  const fact = pushedFact(own);
  if ((await context.store.ledger.find(fact.subject, fact.transition, fact.cause)) === undefined) {
    await record(context, run, fact);
  }
  return own;
}

/** Commits the files and moves the branch. The commit is on record before the branch points at it: only such are ours. */
async function push(
  context: Context,
  run: Run,
  { repository, snapshot, reading }: RepositoryPlan,
  { branch, group, files }: Wanted,
  now: Present | undefined,
): Promise<PullRecord> {
  const old = now?.state === "open" ? now.record : undefined;
  const own = {
    repository: { host: repository.host, installation: repository.installation, repository: repository.repository },
    branch,
    base: repository.defaultBranch,
    title: old?.title ?? pullTitle(group),
    group,
    baseSha: snapshot.commit,
    state: "open",
    ...(old?.number !== undefined && { number: old.number }),
    openedAt: old?.openedAt ?? context.now(),
  } as const;
  const message = commitMessage(group, reading.config.commit.prefix);
  return act(
    context,
    run,
    pushedFact(own),
    async () => {
      const commit = await context.github.branches.commit(repository, snapshot.commit, files, message);
      const pushed = { ...own, heads: [...(now?.record?.heads ?? []), commit] };
      await context.store.pulls.save(pushed);
      await context.github.branches.move(repository, branch, now?.head, commit);
      return pushed;
    },
    (tables) => tables.jobs.enqueue({ kind: "pull", repository: own.repository, branch }),
  );
}

function pushedFact(own: Pick<PullRecord, "repository" | "branch" | "group" | "baseSha">): Fact {
  const { branch, group, baseSha } = own;
  const cause = `${targetsOf(branch, group)} on ${baseSha}`;
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
  const body = openingBody(context, own, reading.config);
  const cause = `${targetsOf(branch, own.group)} on ${own.baseSha}`;
  await act(
    context,
    run,
    { subject: pullSubject(own), transition: "opened", cause, data: { title } },
    async () => existing ?? openOnce(context, repository, { branch, base, title, body }),
    async (tables, { number }) => {
      await tables.pulls.update(own.repository, branch, (fresh) => ({ ...fresh, number }));
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
    (tables) => tables.pulls.update(own.repository, branch, (fresh) => ({ ...fresh, state: "closed" })),
  );
}
