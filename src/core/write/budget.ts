import { formatDuration, formatTime } from "../text/time-text.ts";
import { afterSibling, inOrder, isExpress, type WriteTurn } from "./turn.ts";
import { grantTimes, HOUR, MINUTE, type WriteLimits } from "./window.ts";

/** What an installation wrote, and who wants to write. Times are milliseconds since the epoch. */
export interface WriteBudget {
  /** When each write of the last hour was made, or is about to be, in order. */
  readonly writes: readonly number[];
  /** When people were last notified; 0: never. */
  readonly noticed: number;
  /** Until when GitHub wants to be left alone. */
  readonly paused: number;
  readonly turns: readonly WriteTurn[];
}

/** A write that a job is about to make. */
export interface WriteRequest {
  readonly turn: Pick<WriteTurn, "key" | "repository" | "urgency" | "awaited">;
  /** How many writes it needs until it can be left alone. */
  readonly cost: number;
  /** Whether it has written in this turn already, and would be stopped half-way. */
  readonly begun: boolean;
  readonly notifies: boolean;
}

/** `go`: the write may be made at `at`. `wait`: not before `until`, when the job asks again. `turns`: those that changed. */
export type WriteDecision =
  | { readonly state: "go"; readonly at: number; readonly turns: readonly WriteTurn[] }
  | { readonly state: "wait"; readonly until: number; readonly turns: readonly WriteTurn[] };

/** How many of an installation's jobs wait until they may write, and in how many seconds the last of them may. */
export interface WriteBacklog {
  readonly waiting: number;
  readonly seconds: number;
}

/** Whose process died gives its turn back by this. */
const LONGEST_TURN = 15 * MINUTE;
/** Who waits asks again by this: others may have needed less than they were granted. */
const LONGEST_WAIT = 10 * MINUTE;
const SHORTEST_WAIT = 5_000;
/** Others wait no longer for one who does not come back. */
const GRACE = 2 * MINUTE;

/** The budget as it counts now. Where the clock went back, what lies in its future counts as done just now. */
export function budgetAt({ writes, noticed, paused, turns }: WriteBudget, now: number): WriteBudget {
  const present = (time: number) => (time > now + MINUTE ? now : time);
  return {
    writes: writes.map(present).filter((at) => at > now - HOUR),
    noticed: present(noticed),
    paused: Math.min(paused, now + HOUR),
    turns: turns
      .map((turn) => ({ ...turn, since: Math.min(turn.since, now), until: Math.min(turn.until, now + HOUR) }))
      .filter(({ granted, until }) => until > (granted ? now : now - HOUR)),
  };
}

/**
 * Whether a job may write now. All that it needs is granted at once, and to the first in order only: so it can finish
 * what it began. No minute and no hour has more writes than its limit, whoever is granted what.
 */
export function decideWrite(
  known: WriteBudget,
  request: WriteRequest,
  limits: WriteLimits,
  now: number,
): WriteDecision {
  const budget = budgetAt(known, now);
  const standing = budget.turns.find(({ key }) => key === request.turn.key);
  const isGranted = standing?.granted === true && standing.rest > 0;
  const rest = request.begun ? 1 : request.cost;
  const fresh = { ...request.turn, since: standing?.since ?? now, granted: true, rest, until: now + LONGEST_TURN };
  const turn = isGranted ? standing : fresh;
  const free = isGranted ? now : freeFor(budget, turn, request.begun, limits, now);
  if (free <= now && budget.paused <= now) {
    const siblings = isGranted || request.begun ? [] : siblingsOf(budget, turn);
    const turns = [{ ...turn, rest: turn.rest - 1, until: now + LONGEST_TURN }];
    const at = nextSlot(budget, request.notifies, limits, now);
    return { state: "go", at, turns: [...turns, ...siblings.map((one) => afterSibling(one, now))] };
  }
  const wait = Math.min(Math.max(free, now + SHORTEST_WAIT), now + LONGEST_WAIT);
  const until = Math.max(wait, budget.paused);
  return { state: "wait", until, turns: [{ ...turn, granted: false, until }] };
}

/** How long the backlog of an installation is. */
export function backlogOf(known: WriteBudget, limits: WriteLimits | undefined, now: number): WriteBacklog {
  const budget = budgetAt(known, now);
  const waiting = inOrder(budget.turns.filter((turn) => isWaiting(turn, now)));
  const start = Math.max(now, budget.paused);
  const times = limits === undefined ? [] : grantTimes(spentIn(budget, now), waiting, limits, start);
  const last = waiting.length === 0 ? now : Math.max(start, ...times.slice(-1));
  return { waiting: waiting.length, seconds: Math.ceil((last - now) / 1000) };
}

/** `37 changes wait for GitHub's write limit, about 55 min`; empty when none do. */
export function backlogText({ waiting, seconds }: WriteBacklog): string {
  if (waiting === 0) return "";
  const what = waiting === 1 ? "1 change waits" : `${waiting} changes wait`;
  return `${what} for GitHub's write limit, about ${formatDuration(Math.max(MINUTE, seconds * 1000))}`;
}

/** The same, and until when GitHub wants to be left alone (milliseconds since the epoch), if it does; empty when nothing waits. */
export function limitsText(backlog: WriteBacklog & { readonly pausedUntil: number }, now: number): string {
  const { pausedUntil } = backlog;
  const paused = pausedUntil > now ? `GitHub asked for a pause until ${formatTime(pausedUntil)}` : "";
  return [backlogText(backlog), paused].filter((part) => part !== "").join("; ");
}

/** When a turn can be granted: after all that come before it, unless it has begun. */
function freeFor(budget: WriteBudget, turn: WriteTurn, begun: boolean, limits: WriteLimits, now: number): number {
  const wanted = begun ? [turn] : [...waitingBefore(budget, turn, now), turn];
  return Math.max(now, ...grantTimes(spentIn(budget, now), wanted, limits, now, begun).slice(-1));
}

/** The writes, and those that were granted and may be made at any time. */
function spentIn({ writes, turns }: WriteBudget, now: number): readonly number[] {
  const granted = turns.reduce((sum, turn) => sum + (turn.granted ? turn.rest : 0), 0);
  return [...writes, ...Array<number>(granted).fill(Math.max(now, writes.at(-1) ?? now))];
}

/** When the next write may be made, a while after the last. */
function nextSlot({ writes, noticed }: WriteBudget, notifies: boolean, limits: WriteLimits, now: number): number {
  const last = writes.at(-1) ?? Number.NEGATIVE_INFINITY;
  return Math.max(now, last + limits.between, notifies ? noticed + limits.betweenNotices : now);
}

function siblingsOf({ turns }: WriteBudget, { key, repository }: WriteTurn): readonly WriteTurn[] {
  return turns.filter((one) => !one.granted && one.repository === repository && one.key !== key);
}

function isWaiting({ granted, until }: WriteTurn, now: number): boolean {
  return !granted && until + GRACE > now;
}

/** Who must have been granted before. Who may use all does not wait for those that may not. */
function waitingBefore({ turns }: WriteBudget, turn: WriteTurn, now: number): readonly WriteTurn[] {
  const others = turns.filter((one) => one.key !== turn.key && isWaiting(one, now));
  const ordered = inOrder([...(isExpress(turn) ? others.filter(isExpress) : others), turn]);
  return ordered.slice(0, ordered.indexOf(turn));
}
