import type { Urgency } from "../policy/policy.ts";

/** How urgent a write is: as what it is about, or not at all where it answers what people outside did. */
export type WriteRank = Urgency | "outside";

/** A job that writes to GitHub, or waits until it may. Times are milliseconds since the epoch. */
export interface WriteTurn {
  /** The job's key: it has one turn at a time. */
  readonly key: string;
  /** Whose job it is, so that one repository with much to write does not hold up the others. */
  readonly repository: string;
  readonly urgency: WriteRank;
  /** Whether a person waits for it now. */
  readonly awaited: boolean;
  /** Since when it waits. */
  readonly since: number;
  readonly granted: boolean;
  /** Writes that it was granted and has not made; while it waits, those that it needs. */
  readonly rest: number;
  /** When it is over at the latest; while it waits, when it asks again. */
  readonly until: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How much earlier than others it counts as having come. More than any backlog lasts, and yet nobody waits for ever. */
const AHEAD: Readonly<Record<WriteRank, number>> = {
  "known-exploited": 30 * DAY,
  critical: 14 * DAY,
  high: 7 * DAY,
  normal: 0,
  // Behind all that came in the day after it.
  outside: -DAY,
};
/** What a person waits for comes before what is as urgent and came as late. */
const AWAITED = 60 * MINUTE;
/** How much later each further turn of a repository counts as having come. */
const FURTHER = 10 * MINUTE;

/** A waiting turn after another one of its repository was granted. */
export function afterSibling(turn: WriteTurn, now: number): WriteTurn {
  return { ...turn, since: Math.min(turn.since + FURTHER, now) };
}

/** The order of turns: the known-exploited first, then critical, high, the rest, each by age; the repositories by turns. */
export function inOrder(turns: readonly WriteTurn[]): readonly WriteTurn[] {
  const came = ({ since, urgency, awaited }: WriteTurn) => since - AHEAD[urgency] - (awaited ? AWAITED : 0);
  const byAge = turns.map((turn) => ({ turn, rank: came(turn) })).sort(byRank);
  const seen = new Map<string, number>();
  const ranked = byAge.map(({ turn, rank }) => {
    const before = seen.get(turn.repository) ?? 0;
    seen.set(turn.repository, before + 1);
    return { turn, rank: rank + before * FURTHER };
  });
  return ranked.sort(byRank).map(({ turn }) => turn);
}

interface Ranked {
  readonly turn: WriteTurn;
  readonly rank: number;
}

function byRank(one: Ranked, other: Ranked): number {
  return one.rank - other.rank || (one.turn.key < other.turn.key ? -1 : 1);
}

/** Whether a turn may use what is kept from the backlog: somebody waits for it, or for its harm. */
export function isExpress({ awaited, urgency }: Pick<WriteTurn, "awaited" | "urgency">): boolean {
  return awaited || urgency === "known-exploited";
}
