import type { ChangeClass, Urgency } from "../policy/policy.ts";
import { compareUrgency } from "../pull/pull.ts";
import { type Reason, reason } from "../reason.ts";
import { formatReference } from "../reference.ts";
import { endsOfLife } from "../tag/end-of-life.ts";
import type { OtherTool } from "../use/other-tool.ts";
import type { Problem, Use } from "../use/use.ts";
import { partOf } from "./group.ts";
import type { Plan, UpdateGroup, UseState, UseStatus } from "./update.ts";

/** Kept of one repository: beyond, only the numbers are. */
const MOST_UPDATES = 50;
const MOST_UNREAD = 50;
const MOST_PROBLEMS = 20;
const MOST_FILES = 20;
const MOST_ENDED = 50;
/** UTF-16 units of a text from outside. */
const LONGEST = 300;

/** What a repository's newest plan comes to, for the organisation's report. */
export interface Outlook {
  readonly mode: "observe" | "propose";
  readonly states: { readonly [S in UseState]?: number };
  /** What there is to propose, whether or not it is proposed: the most urgent first. */
  readonly updates: Bounded<OutlookUpdate>;
  /** The same of what is left to other tools, when there is any. */
  readonly left?: Bounded<OutlookUpdate>;
  /** What nothing could be said about, and why. */
  readonly unread: Bounded<UnreadPlace>;
  /** What is wrong with the configuration that counts here: `path:line:column: sentence`. */
  readonly problems: Bounded<string>;
  /** What stands on a release that nobody mends any more; absent where nothing does. */
  readonly ended?: Bounded<EndedPlace>;
  /** Who else keeps some of its files up to date. */
  readonly others?: readonly OutlookOther[];
}

/** Another tool as the report tells of it. */
export type OutlookOther = Omit<OtherTool, "files"> & { readonly files: Bounded<string> };

/** A list as far as it is kept. */
export interface Bounded<T> {
  readonly shown: readonly T[];
  readonly total: number;
}

export interface OutlookUpdate {
  /** In full, as text. */
  readonly from: string;
  readonly to: string;
  readonly change: ChangeClass;
  readonly urgency: Urgency;
  /** How many uses it is about. */
  readonly uses: number;
}

export interface UnreadPlace {
  readonly path: string;
  readonly line: number;
  readonly reason: Reason;
}

export interface EndedPlace {
  readonly path: string;
  readonly line: number;
  /** In full, as text. */
  readonly image: string;
  /** As a person says it: `Debian 11 (bullseye)`, and its last day as an ISO date. */
  readonly what: string;
  readonly end: string;
}

/**
 * The outlook of a plan at a time (milliseconds since the epoch). `groups`: what there is to propose, were it old enough and the
 * repository not held as a whole.
 */
export function outlookOf(
  mode: Outlook["mode"],
  plan: Pick<Plan, "uses">,
  groups: readonly UpdateGroup[],
  unreadFiles: readonly Problem[],
  problems: readonly string[],
  now: number,
  others: readonly OtherTool[] = [],
): Outlook {
  const theirs = new Set(plan.uses.flatMap(({ use, reason: why }) => (why?.code === "managed-by-other" ? [use] : [])));
  const updates = updatesIn(groups, (use) => !theirs.has(use));
  const left = updatesIn(groups, (use) => theirs.has(use));
  const unread = [
    ...unreadFiles.map(({ path, line, reason: why }) => place(path, line, why)),
    ...plan.uses.flatMap(({ use, state, reason: why }) =>
      state === "unsupported" || state === "auth-failed"
        ? [place(use.path, use.line, why ?? reason("not-parsed"))]
        : [],
    ),
  ];
  const ended = plan.uses.flatMap((status) => endedPlaces(status, now));
  return {
    mode,
    states: countStates(plan),
    updates: bounded(updates, MOST_UPDATES),
    ...(left.length > 0 && { left: bounded(left, MOST_UPDATES) }),
    unread: bounded(unread, MOST_UNREAD),
    problems: bounded(
      problems.map((text) => text.slice(0, LONGEST)),
      MOST_PROBLEMS,
    ),
    ...(ended.length > 0 && { ended: bounded(ended, MOST_ENDED) }),
    ...(others.length > 0 && {
      others: others.map((one) => ({ ...one, files: bounded(one.files, MOST_FILES) })),
    }),
  };
}

/** The updates of some uses, the most urgent first. */
function updatesIn(groups: readonly UpdateGroup[], isOf: (use: Use) => boolean): readonly OutlookUpdate[] {
  return groups
    .flatMap((group) => partOf(group, ({ use }) => isOf(use)))
    .flatMap((group) => group.updates)
    .map(({ from, to, change, urgency, changes }): OutlookUpdate => {
      return { from: formatReference(from), to: formatReference(to), change, urgency, uses: changes.length };
    })
    .toSorted(compareUpdates);
}

function compareUpdates(a: OutlookUpdate, b: OutlookUpdate): number {
  return compareUrgency(a.urgency, b.urgency) || order(a.from, b.from) || order(a.to, b.to);
}

/** The same everywhere, whatever the locale. */
export function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What a use stands on and is past its end, unless nothing is done about that use on purpose. */
function endedPlaces({ use, reason: why }: UseStatus, now: number): readonly EndedPlace[] {
  const { reference, path, line } = use;
  if (reference === undefined || why?.code === "ignored") return [];
  const image = formatReference(reference).slice(0, LONGEST);
  return endsOfLife(reference, now).flatMap(({ what, end, state }) =>
    state === "ended" ? [{ path: path.slice(0, LONGEST), line, image, what, end }] : [],
  );
}

function place(path: string, line: number, { code, detail }: Reason): UnreadPlace {
  return { path: path.slice(0, LONGEST), line, reason: reason(code, detail?.slice(0, LONGEST)) };
}

function countStates({ uses }: Pick<Plan, "uses">): Outlook["states"] {
  const counts: { [S in UseState]?: number } = {};
  for (const { state } of uses) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function bounded<T>(all: readonly T[], most: number): Bounded<T> {
  return { shown: all.slice(0, most), total: all.length };
}
