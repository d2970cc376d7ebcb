import { isGone, type Observation } from "../plan/observation.ts";
import type { UpdateGroup } from "../plan/update.ts";
import { type Reason, reason } from "../reason.ts";
import type { Sha } from "../repository.ts";
import { compareUrgency, refusalKey, urgencyOfGroup } from "./pull.ts";

/** A pull that the plan wants. */
export interface DesiredPull {
  readonly branch: string;
  readonly group: UpdateGroup;
  /** Whether this candidate fixes more than the one on the branch; asked only while the head is frozen. */
  readonly fixesMore?: boolean;
  /** Whether policy does not permit the one on the branch any more; asked only then, too. */
  readonly forbidden?: boolean;
}

/** A branch of ours, or one with a name of ours, as it stands now. */
export interface ActualPull {
  readonly branch: string;
  /** Of its newest pull request; `none`: a branch without one. */
  readonly state: "none" | "open" | "merged" | "closed";
  readonly head?: Sha;
  /** What the head is: exactly the wanted edits on the base, something else of ours, or someone else's work. */
  readonly content: "equal" | "differs" | "foreign";
  /** Being gated, approved, or in the merge queue. */
  readonly frozen: boolean;
  /** Whether the gate failed this head. */
  readonly failed: boolean;
  /** Whether a person asked for it to be left alone, or to be made anew whatever is there. */
  readonly paused?: boolean;
  readonly rebase?: boolean;
  /** Whether nobody needs the branch any more once nothing is wanted there: its pull merged, or was closed without a refusal. */
  readonly spent?: boolean;
}

export interface PullLimits {
  /** How many may be open at once, and how many are on other lines of the repository. */
  readonly open: number;
  readonly openElsewhere?: number;
  /** How many may be opened within an hour, and how many were. */
  readonly perHour: number;
  readonly openedLastHour: number;
}

export type PullAct =
  | { readonly kind: "open" | "refresh"; readonly branch: string; readonly group: UpdateGroup }
  /** `tidy`: delete the branch of a pull that has ended. */
  | { readonly kind: "keep" | "close" | "tidy"; readonly branch: string };

export interface PullDiff {
  /** In the order in which they are done: closing makes room, what is open is served before what is new. */
  readonly acts: readonly PullAct[];
  readonly held: readonly { readonly branch: string; readonly reason: Reason }[];
}

/**
 * What turns the actual pulls into the desired ones. New pulls are opened the most urgent first, as far as the limits
 * allow. `refused`: the keys (`refusalKey`) of the updates that a person closed the pull for. `undecided`: branches of which
 * nobody can say now whether they are wanted; they stay as they are. `snoozed`: branches that a person put off, and why. A branch that holds someone else's work is left alone.
 */
export function diffPulls(input: {
  readonly desired: readonly DesiredPull[];
  readonly actual: readonly ActualPull[];
  readonly refused: ReadonlySet<string>;
  readonly undecided?: ReadonlySet<string>;
  readonly snoozed?: ReadonlyMap<string, Reason>;
  readonly limits: PullLimits;
}): PullDiff {
  const { desired, actual, refused, undecided = new Set(), snoozed = new Map(), limits } = input;
  const byBranch = Map.groupBy(actual, ({ branch }) => branch);
  const present = desired.map((pull) => ({ pull, now: newest(byBranch.get(pull.branch)) }));
  const wanted = new Set(desired.map(({ branch }) => branch));

  const unwanted = actual.filter(({ branch }) => !wanted.has(branch));
  const ending = unwanted
    .filter(({ state }) => state === "open")
    .map(
      (pull): Step => (undecided.has(pull.branch) || pull.paused ? { kind: "keep", branch: pull.branch } : close(pull)),
    );
  const serving = present.filter(({ now }) => now?.state === "open").map(({ pull, now }) => serve(pull, now));
  const starting = present
    .filter(({ now }) => now?.state !== "open")
    .sort((a, b) => compareDesired(a.pull, b.pull))
    .map(({ pull, now }) => start(pull, now, { refused, snoozed }));
  const stillOpen = serving.length + ending.filter((step) => !("kind" in step && step.kind === "close")).length;
  const tidying = unwanted.filter(isLeftOver).map(({ branch }): Step => ({ kind: "tidy", branch }));
  const steps = [...ending, ...tidying, ...serving, ...limit(starting, limits, stillOpen)];
  return { acts: steps.filter((step) => "kind" in step), held: steps.filter((step) => "reason" in step) };
}

/**
 * Whether a tag that `proposed` writes is known to name another digest now, or none: what was proposed cannot merge any more.
 * @param desired what is wanted in its place
 * @param observations of the image
 */
export function isOutdated(
  proposed: UpdateGroup,
  desired: UpdateGroup,
  observations: readonly Observation[] = [],
): boolean {
  return proposed.updates.some(({ to }) => {
    const isReplaced = desired.updates.some((update) => update.to.tag === to.tag && update.to.digest !== to.digest);
    const seen = observations.find(({ tag }) => tag === to.tag);
    const hasMoved = to.digest !== undefined && seen !== undefined && (seen.digest !== to.digest || isGone(seen));
    return isReplaced || hasMoved;
  });
}

type Step = PullAct | PullDiff["held"][number];

/** A branch may have had several pull requests: the open one counts, if there is one. */
function newest(pulls: readonly ActualPull[] = []): ActualPull | undefined {
  return pulls.find(({ state }) => state === "open") ?? pulls[0];
}

/** A branch of ours that outlived its pull. */
function isLeftOver({ state, head, content, spent = false }: ActualPull): boolean {
  return state !== "open" && spent && head !== undefined && content !== "foreign";
}

function close({ branch, content }: ActualPull): Step {
  return content === "foreign" ? held(branch, reason("foreign-commits")) : { kind: "close", branch };
}

function serve(
  { branch, group, fixesMore = false, forbidden = false }: DesiredPull,
  now: ActualPull | undefined,
): Step {
  if (now?.rebase) return { kind: "refresh", branch, group };
  if (now?.paused) return { kind: "keep", branch };
  if (now?.content === "foreign") return held(branch, reason("foreign-commits"));
  if (now?.content === "equal") return { kind: "keep", branch };
  const mayMove = now === undefined || !now.frozen || now.failed || fixesMore || forbidden;
  return mayMove ? { kind: "refresh", branch, group } : { kind: "keep", branch };
}

/** What people said of a branch. */
interface Said {
  readonly refused: ReadonlySet<string>;
  readonly snoozed: ReadonlyMap<string, Reason>;
}

function start({ branch, group }: DesiredPull, now: ActualPull | undefined, { refused, snoozed }: Said): Step {
  const key = refusalKey(
    branch,
    group.updates.map(({ to }) => to),
  );
  if (refused.has(key)) return held(branch, reason("refused"));
  const why = snoozed.get(branch);
  if (why !== undefined) return held(branch, why);
  return now?.content === "foreign" ? held(branch, reason("foreign-commits")) : { kind: "open", branch, group };
}

/** Holds what is to be opened beyond the limits; `steps` come in the order of their urgency. */
function limit(steps: readonly Step[], limits: PullLimits, alreadyOpen: number): readonly Step[] {
  let room = limits.open - (limits.openElsewhere ?? 0) - alreadyOpen;
  let rate = limits.perHour - limits.openedLastHour;
  return steps.map((step) => {
    if ("reason" in step) return step;
    if (room <= 0) return held(step.branch, reason("limit-open", `${limits.open} open`));
    if (rate <= 0) return held(step.branch, reason("limit-rate", `${limits.perHour} per hour`));
    room -= 1;
    rate -= 1;
    return step;
  });
}

/** The more urgent first, then the one that has been waiting longer, then by name: always the same order. */
function compareDesired(a: DesiredPull, b: DesiredPull): number {
  return (
    compareUrgency(urgencyOfGroup(a.group), urgencyOfGroup(b.group)) ||
    waitingSince(a.group) - waitingSince(b.group) ||
    (a.branch < b.branch ? -1 : 1)
  );
}

function waitingSince({ updates }: UpdateGroup): number {
  return Math.min(...updates.map(({ firstSeen }) => firstSeen ?? Number.MAX_SAFE_INTEGER));
}

function held(branch: string, why: Reason): Step {
  return { branch, reason: why };
}
