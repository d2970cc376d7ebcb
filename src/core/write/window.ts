import { isExpress, type WriteTurn } from "./turn.ts";

/** How fast one installation may write. Times in milliseconds. */
export interface WriteLimits {
  readonly perMinute: number;
  readonly perHour: number;
  /** The share of both that is kept for what a person waits for, and for what is known to be exploited: 0 to 1. */
  readonly kept: number;
  /** Least time between two writes, and between two that notify people. */
  readonly between: number;
  readonly betweenNotices: number;
}

/** The limits of what is asked at a host; `undefined` where there are none. */
export type LimitsAt = (host: string) => WriteLimits | undefined;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/**
 * When each of these turns can be granted all the writes that it needs, if they are granted one after the other.
 * @param spent when the writes before them were made, in order
 * @param all whether they may use what is kept
 */
export function grantTimes(
  spent: readonly number[],
  wanted: readonly WriteTurn[],
  { perMinute, perHour, kept }: WriteLimits,
  now: number,
  all = false,
): readonly number[] {
  const writes = [...spent];
  let time = now;
  return wanted.map((turn) => {
    const share = all || isExpress(turn) ? 1 : 1 - kept;
    time = Math.max(
      time,
      freeAt(writes, turn.rest, Math.floor(perMinute * share), MINUTE),
      freeAt(writes, turn.rest, Math.floor(perHour * share), HOUR),
    );
    writes.push(...Array<number>(turn.rest).fill(Math.max(time, writes.at(-1) ?? time)));
    return time;
  });
}

/** From when on a window has at most `limit` writes with `more` of them: the newest that then must be out of it decides. */
function freeAt(writes: readonly number[], more: number, limit: number, span: number): number {
  const newest = writes[writes.length - 1 - Math.max(0, limit - more)];
  return newest === undefined ? Number.NEGATIVE_INFINITY : newest + span;
}
