import { createLru, type Lru } from "../lru.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** There are about 600 names of zones, but whoever writes one chooses its letters' case. */
const formats: Lru<string, Intl.DateTimeFormat> = createLru({ entries: 1_000, cost: 0 });

/** Whether this is a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

/** Clocks are put forward and back at a quarter of an hour of UTC, everywhere. */
const QUARTER = 15 * MINUTE;
/** They are not put forward and back again within so long: Morocco's month without summer time is the shortest. */
const STEP = 14 * DAY;
/** What is looked at together, so that a plan does not ask Intl, which takes 20 µs, about every moment anew. */
const SPAN = 16 * STEP;

/** From a moment on, until the next one. */
interface Offset {
  readonly from: number;
  readonly offset: number;
}

/** By zone and span, newest first. */
const spans: Lru<string, readonly Offset[]> = createLru({ entries: 2_000, cost: 0 });

/** How far a zone's wall clock is ahead of UTC at a time, both in milliseconds. Throws for what is no zone. */
export function offsetAt(zone: string, at: number): number {
  const start = Math.floor(at / SPAN) * SPAN;
  const key = `${zone} ${start}`;
  const offsets = spans.get(key) ?? offsetsFrom(zone, start);
  spans.set(key, offsets, 0);
  return offsets.find(({ from }) => from <= at)?.offset ?? measure(zone, at);
}

function offsetsFrom(zone: string, start: number): readonly Offset[] {
  const offsets: Offset[] = [{ from: start, offset: measure(zone, start) }];
  for (let low = start; low < start + SPAN; low += STEP) {
    const before = measure(zone, low);
    if (measure(zone, low + STEP) === before) continue;
    const from = firstWith((at) => measure(zone, at) !== before, low, low + STEP, QUARTER);
    offsets.unshift({ from, offset: measure(zone, from) });
  }
  return offsets;
}

function measure(zone: string, at: number): number {
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return local - Math.floor(at / MINUTE) * MINUTE;
}

/**
 * `to`, unless the zone's clock is put forward or back after `from` and by then: then the moment at which it is. What was
 * reckoned by the wall clock at `from` does not hold beyond it.
 */
export function passing(zone: string, from: number, to: number): number {
  const offset = offsetAt(zone, from);
  if (offsetAt(zone, to) === offset) return to;
  return firstWith((at) => offsetAt(zone, at) !== offset, from, to, QUARTER);
}

/** The first multiple of `unit` after `low` for which something holds that holds at `high` and not at `low`, by halving. */
export function firstWith(holds: (at: number) => boolean, low: number, high: number, unit: number): number {
  let before = Math.floor(low / unit);
  let after = Math.ceil(high / unit);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle * unit)) after = middle;
    else before = middle;
  }
  return after * unit;
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(timeZone, format, 0);
  return format;
}
