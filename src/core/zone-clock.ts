import { createLru, type Lru } from "./lru.ts";

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
/** By zone and quarter. Asking Intl takes 20 µs, and a plan asks about one moment for each use. */
const offsets: Lru<string, number> = createLru({ entries: 10_000, cost: 0 });

/** How far a zone's wall clock is ahead of UTC at a time, both in milliseconds. Throws for what is no zone. */
export function offsetAt(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER) * QUARTER;
  const key = `${zone} ${quarter}`;
  const offset = offsets.get(key) ?? measure(zone, quarter);
  offsets.set(key, offset, 0);
  return offset;
}

function measure(zone: string, at: number): number {
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute")) - at;
}

/**
 * `to`, unless the zone's clock is put forward or back after `from` and by then: then the moment at which it is. What was
 * reckoned by the wall clock at `from` does not hold beyond it.
 */
export function passing(zone: string, from: number, to: number): number {
  const offset = offsetAt(zone, from);
  if (offsetAt(zone, to) === offset) return to;
  let low = from;
  let high = to;
  while (high - low > MINUTE) {
    const middle = Math.floor((low + high) / 2 / MINUTE) * MINUTE;
    if (middle <= low) break;
    if (offsetAt(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
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
