import type { Config } from "../../config/config.ts";
import { ignoredBy, policyOf } from "../../config/merge.ts";
import { baseOf, type Line } from "../../core/line.ts";
import { withPolicies } from "../../core/plan/group.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { type DesiredPull, diffPulls, type PullDiff } from "../../core/pull/diff.ts";
import { objectionsTo } from "../../core/pull/permitted.ts";
import { branchName, compareUrgency, OPENINGS_SPAN, openingsOf, urgencyOfGroup } from "../../core/pull/pull.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { isUndecided } from "../../core/use/undecided.ts";
import type { Context, Run } from "../context.ts";
import { refusals } from "../conversation/refusal.ts";
import { type Wishes, wishesOf } from "../conversation/wishes.ts";
import { observePulls, type Present } from "../gate/present.ts";
import { goesInto } from "../line-of-pull.ts";
import { pausedReason } from "../pause/pause.ts";
import { holdGroups, type RepositoryPlan } from "../plan/plan.ts";
import type { Snapshot } from "../read/read.ts";
import { inTurnOf } from "../write-turn.ts";
import { deriveFiles } from "./derive.ts";
import { doAct, finishTidying, type Wanted } from "./pull-acts.ts";
import type { Survey } from "./survey.ts";

/** UTF-16 units of files that are read again to prove edits, a file once for every group that it is in. */
const MOST_PROVED = 32 * 1024 * 1024;
const TOO_MUCH = { state: "held", reason: reason("too-many-images") } as const;

/** Step 3: makes the open pulls what the plan wants: opens, refreshes in place, closes. */
export async function proposeUpdates(
  context: Context,
  run: Run,
  planned: RepositoryPlan,
  { yielded, snapshot, ...ground }: Survey,
): Promise<void> {
  const { repository, reading } = planned;
  const { wanted, held: unproved } = await derive(context, repository, snapshot, yielded.groups);
  const held = [...yielded.held, ...unproved];
  const groups = new Map(wanted.map(({ branch, group }) => [branch, group]));
  const observed = await observePulls(context, run, repository, groups, ground);
  const wishes = await wishesIn(context, repository, [...groups.keys(), ...observed.map(({ branch }) => branch)]);
  const present = observed.map((one) => asAsked(one, planned.extraction.commit, wishes.get(one.branch)));
  await finishTidying(context, run, repository, present);
  const openings = await recentOpenings(context, planned);
  const diff = diffPulls({
    desired: wanted.map((one) => desiredOf(one, present, reading.config)),
    actual: present,
    refused: await refusals(context, repository, groups),
    snoozed: new Map([...wishes].flatMap(([branch, { snoozed }]) => (snoozed ? [[branch, snoozed.reason]] : []))),
    undecided: new Set([...undecidedOf(planned, present), ...held.map(({ branch }) => branch)]),
    limits: {
      ...reading.config.limits,
      openedLastHour: openings.length,
      openElsewhere: await openElsewhere(context, repository),
    },
  });
  const limited = wanted.flatMap((one) =>
    diff.held.filter(({ branch }) => branch === one.branch).map(({ reason }) => ({ ...one, reason })),
  );
  const paused = await pausedReason(context.store.ledger, repository);
  const waiting = paused === undefined ? [] : notStarted(wanted, diff, paused);
  await holdGroups(context, run, planned, [...held, ...limited, ...waiting]);
  if (paused !== undefined) return;
  await wakeWhenAllowed(context, planned, diff, openings);
  await wakeWhenSlept(context, repository, wishes);
  for (const step of diff.acts) {
    const now = present.find(({ branch }) => branch === step.branch);
    const desired = wanted.find(({ branch }) => branch === step.branch);
    const urgency = desired === undefined ? "normal" : urgencyOfGroup(desired.group);
    await inTurnOf(context, run, planned.repository, urgency, () => doAct(context, run, planned, step, desired, now));
  }
}

/** What people asked for, by branch. */
async function wishesIn(context: Context, repository: Repository, branches: readonly string[]) {
  const wishes = new Map<string, Wishes>();
  for (const branch of new Set(branches)) {
    wishes.set(branch, await wishesOf(context.store.ledger, { repository, branch }, context.now()));
  }
  return wishes;
}

/** A branch as people want it to be treated. What somebody pushed after a rebase was asked for is not meant by it. */
function asAsked(present: Present, base: Sha, { paused, snoozed, rebase }: Wishes = {}): Present {
  const { content, state, head, record } = present;
  if (rebase !== undefined && state === "open" && (content !== "foreign" || head === rebase.head)) {
    const isDone = content === "equal" && record?.baseSha === base;
    return { ...present, asked: rebase.cause, ...(!isDone && { content: "differs", rebase: true }) };
  }
  return { ...present, paused: paused !== undefined || snoozed !== undefined };
}

/** What a person put off is opened anew when its time has come. */
async function wakeWhenSlept(
  { store }: Context,
  repository: Repository,
  wishes: ReadonlyMap<string, Wishes>,
): Promise<void> {
  const times = [...wishes.values()].flatMap(({ snoozed }) => snoozed?.until ?? []);
  if (times.length > 0) await store.jobs.wake({ kind: "repo", repository }, Math.min(...times));
}

/** What the diff would have begun or changed. */
function notStarted(wanted: readonly Wanted[], { acts }: PullDiff, why: Reason): readonly HeldGroup[] {
  const standing = new Set(acts.filter(({ kind }) => kind === "keep").map(({ branch }) => branch));
  const begun = new Set(acts.map(({ branch }) => branch));
  return wanted
    .filter(({ branch }) => begun.has(branch) && !standing.has(branch))
    .map((one) => ({ ...one, reason: why }));
}

/** The groups whose edits can be proved, and why the others cannot. */
async function derive(
  context: Context,
  repository: Line,
  snapshot: Snapshot | undefined,
  groups: readonly UpdateGroup[],
) {
  if (snapshot === undefined) return { wanted: [], held: [] };
  const wanted: Wanted[] = [];
  const held: HeldGroup[] = [];
  let length = 0;
  for (const group of groups) {
    const branch = branchName(baseOf(repository), group);
    length += lengthOf(group, snapshot);
    const derived = length > MOST_PROVED ? TOO_MUCH : await deriveFiles(context, snapshot, group);
    if (derived.state === "held") held.push({ branch, group, reason: derived.reason });
    else wanted.push({ branch, group, files: derived.files });
  }
  return { wanted, held };
}

/** UTF-16 units of the files that a group is about. */
function lengthOf({ updates }: UpdateGroup, { files }: Snapshot): number {
  const paths = new Set(updates.flatMap(({ changes }) => changes.map(({ use }) => use.path)));
  return [...paths].reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
}

/** Urgency is of what an update fixes: where it is higher, the newer candidate fixes more. */
function desiredOf({ branch, group }: Wanted, present: readonly Present[], config: Config): DesiredPull {
  const proposed = present.find((one) => one.branch === branch)?.record?.group;
  if (proposed === undefined) return { branch, group };
  const fixesMore = compareUrgency(urgencyOfGroup(group), urgencyOfGroup(proposed)) < 0;
  const forbidden = objectionsTo(withPolicies(proposed, policyOf(config)), ignoredBy(config)).length > 0;
  return { branch, group, fixesMore, forbidden };
}

/** Branches whose update can be neither wanted nor given up now. */
function undecidedOf({ plan }: RepositoryPlan, present: readonly Present[]): ReadonlySet<string> {
  const open = present.filter(({ record }) => record !== undefined && isUndecided(record.group, plan.uses));
  return new Set(open.map(({ branch }) => branch));
}

/** How many of our pulls are open on other lines: the limits are the repository's. */
async function openElsewhere({ store }: Context, line: Line): Promise<number> {
  const isOwn = await goesInto(store, line);
  return (await store.pulls.list(line)).filter(({ state, base }) => state === "open" && !isOwn(base)).length;
}

/** When pulls of this repository were opened in the last hour, on whichever line. */
async function recentOpenings(context: Context, { repository }: RepositoryPlan): Promise<readonly number[]> {
  const records = await context.store.pulls.list(repository);
  return records.flatMap((one) => openingsOf(one, context.now()));
}

/** What was held for the number of openings in an hour is due when the oldest of them is that old. */
async function wakeWhenAllowed(
  context: Context,
  { repository }: RepositoryPlan,
  { held }: PullDiff,
  openings: readonly number[],
): Promise<void> {
  if (openings.length === 0 || !held.some(({ reason }) => reason.code === "limit-rate")) return;
  await context.store.jobs.wake({ kind: "repo", repository }, Math.min(...openings) + OPENINGS_SPAN);
}

/** A group that is not proposed now, and why. A pull that stands for it stays. */
interface HeldGroup {
  readonly branch: string;
  readonly group: UpdateGroup;
  readonly reason: Reason;
}
