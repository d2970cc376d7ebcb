import { type Reason, reason } from "../reason.ts";
import { DAY, firstWith, HOUR, MINUTE, offsetAt, passing, WEEK } from "./zone-clock.ts";

/** What windows restrict: opening or refreshing pulls, merging them, starting deployments. */
export type Phase = "propose" | "merge" | "deploy";

/**
 * Hours of some days of the week, by the wall clock of a time zone. `from` and `to` are minutes since midnight; a `to` that is
 * not after `from` is on the next day, and the hours belong to the day on which they begin.
 */
export interface Hours {
  /** 0 is Monday; a last day before the first one is in the next week. */
  readonly firstDay: number;
  readonly lastDay: number;
  readonly from: number;
  readonly to: number;
  /** A name of the IANA database. */
  readonly zone: string;
}

/** Whole days by the calendar of a time zone, both included, as `2026-12-20`. */
export interface Days {
  readonly first: string;
  readonly last: string;
  readonly zone: string;
}

/** When something may happen: in any of the hours of `allow` (absent: always), except in what `deny` lists. */
export interface Window {
  readonly allow?: readonly Hours[];
  readonly deny?: readonly (Hours | Days)[];
}

/** How far ahead an opening is looked for, in milliseconds: no freeze that somebody means is longer. */
const HORIZON = 400 * DAY;
/** Openings of one window that another one closes, before it is given up: windows that people write need a few. */
const MOST_LEAPS = 100;

/** Whether all these windows are open at a time (milliseconds since the epoch). */
export function isOpen(windows: readonly Window[], at: number): boolean {
  return windows.every((window) => closedUntil(window, at) === undefined);
}

/**
 * The first moment from `at` on (both in milliseconds since the epoch) at which all windows are open; `undefined` when they do
 * not open within 400 days, or in so few places that finding them takes too long.
 */
export function opensAt(windows: readonly Window[], at: number): number | undefined {
  let time = at;
  for (let leap = 0; leap < MOST_LEAPS && time <= at + HORIZON; leap += 1) {
    const ends = windows.flatMap((window) => closedUntil(window, time) ?? []);
    if (ends.length === 0) return time;
    time = Math.max(...ends);
  }
  return undefined;
}

/**
 * The first moment from `at` on (both in milliseconds since the epoch) at which one of the windows closes, all of which are open
 * at `at`; `undefined` when none closes within 400 days, or so often only for nothing that looking for it takes too long.
 */
export function closesAt(windows: readonly Window[], at: number): number | undefined {
  let time = at;
  for (let leap = 0; leap < MOST_LEAPS; leap += 1) {
    const next = Math.min(...windows.map((window) => openUntil(window, time)));
    if (next > at + HORIZON) return undefined;
    if (!isOpen(windows, next)) return next;
    time = next;
  }
  return undefined;
}

/** Why nothing may be done now, and when it may be (milliseconds since the epoch), if that is known. */
export interface Closed {
  readonly reason: Reason;
  readonly opensAt?: number;
}

/** Whether windows keep something from being done now; `undefined` while they are open. */
export function closedNow(windows: readonly Window[], now: number): Closed | undefined {
  if (isOpen(windows, now)) return undefined;
  const opening = opensAt(windows, now);
  if (opening === undefined) return { reason: reason("outside-window", "it does not open within a year") };
  return { reason: reason("outside-window", `it opens ${new Date(opening).toISOString()}`), opensAt: opening };
}

/** `closedNow` for one moment, looking at the same windows once: a plan asks for every step of every use. */
export function closuresAt(now: number): (windows: readonly Window[]) => Closed | undefined {
  const known = new Map<string, Closed | undefined>();
  return (windows) => {
    const key = windows.length === 0 ? "" : JSON.stringify(windows);
    if (!known.has(key)) known.set(key, closedNow(windows, now));
    return known.get(key);
  };
}

/** A time before which the window certainly does not open; `undefined` when it is open. */
function closedUntil({ allow, deny = [] }: Window, at: number): number | undefined {
  const denied = deny.flatMap((one) => endOf(one, at) ?? []);
  if (denied.length > 0) return Math.max(...denied);
  const next = allow === undefined ? at : Math.min(...allow.map((hours) => nextStart(hours, at)));
  return next > at ? next : undefined;
}

/** A time up to which an open window certainly stays open. */
function openUntil({ allow, deny = [] }: Window, at: number): number {
  const starts = deny.map((one) => ("first" in one ? startOfDays(one, at) : nextStart(one, at)));
  const ends = allow === undefined ? [] : [Math.max(...allow.flatMap((hours) => endOf(hours, at) ?? []))];
  return Math.min(...starts, ...ends, Number.POSITIVE_INFINITY);
}

/** When what holds at a time ends; `undefined` when it does not hold. */
function endOf(one: Hours | Days, at: number): number | undefined {
  if ("first" in one) return isWithinDays(one, at) ? endOfDays(one, at) : undefined;
  return elapsed(one, at) === undefined ? undefined : endOfHours(one, at);
}

/** A week of days that follow one another without a gap never ends; a transition may cut one of them in two. */
const MOST_PARTS = 16;

function endOfHours(hours: Hours, at: number): number {
  let time = at;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const since = elapsed(hours, time);
    if (since === undefined) return time;
    time = passing(hours.zone, time, atMinute(time) + lengthOf(hours) - since);
  }
  return Number.POSITIVE_INFINITY;
}

/** The first moment from `at` on at which the hours hold. A transition may skip their beginning, or bring it twice. */
function nextStart(hours: Hours, at: number): number {
  let time = at;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    if (elapsed(hours, time) !== undefined) return time;
    const minute = weekTime(hours.zone, time);
    const waits = startsOf(hours).map((start) => (start - minute + WEEK) % WEEK || WEEK);
    time = passing(hours.zone, time, atMinute(time) + Math.min(...waits));
  }
  return Number.POSITIVE_INFINITY;
}

/** How long ago the hours that hold at a time began by the wall clock, in milliseconds; of several the latest. */
function elapsed(hours: Hours, at: number): number | undefined {
  const minute = weekTime(hours.zone, at);
  const since = Math.min(...startsOf(hours).map((start) => (minute - start + WEEK) % WEEK));
  return since < lengthOf(hours) ? since : undefined;
}

/** When the hours begin, in milliseconds since the week did. */
function startsOf({ firstDay, lastDay, from }: Hours): readonly number[] {
  const days = ((lastDay - firstDay + 7) % 7) + 1;
  return Array.from({ length: days }, (_, day) => ((firstDay + day) % 7) * DAY + from * MINUTE);
}

function lengthOf({ from, to }: Hours): number {
  return (to > from ? to - from : to - from + 24 * 60) * MINUTE;
}

/** The wall clock's time in milliseconds since Monday's midnight, to the minute. */
function weekTime(zone: string, at: number): number {
  const local = atMinute(at) + offsetAt(zone, at);
  // The epoch was a Thursday.
  return (((local + 3 * DAY) % WEEK) + WEEK) % WEEK;
}

function atMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}

function isWithinDays({ first, last, zone }: Days, at: number): boolean {
  const today = new Date(at + offsetAt(zone, at)).toISOString().slice(0, 10);
  return first <= today && today <= last;
}

/** The midnight with which days begin that have not begun yet; none of those that are over. */
function startOfDays({ first, last, zone }: Days, at: number): number {
  const midnight = Date.parse(`${first}T00:00:00Z`);
  const hasBegun = (time: number) => time + offsetAt(zone, time) >= midnight;
  if (hasBegun(at) || last < first) return Number.POSITIVE_INFINITY;
  return firstWith(hasBegun, Math.max(at, midnight - 15 * HOUR), midnight + 15 * HOUR, MINUTE);
}

/** The midnight that ends the days, or the transition that skips it. No offset is longer than 15 hours. */
function endOfDays({ last, zone }: Days, at: number): number {
  const midnight = Date.parse(`${last}T00:00:00Z`) + DAY;
  const hasEnded = (time: number) => time + offsetAt(zone, time) >= midnight;
  return firstWith(hasEnded, Math.max(at, midnight - 15 * HOUR), midnight + 15 * HOUR, MINUTE);
}
