import { type ImageReference, imageKey } from "../reference.ts";
import { dayOf, type Family, familyOf, type Line, lineOf } from "./lifecycle.ts";
import { parseTag } from "./tag.ts";

/** A release that a tag stands on, and that its publisher mends no more, or not for long. */
export interface EndOfLife {
  /** As a person says it: `Debian 11 (bullseye)`. */
  readonly what: string;
  /** The last day on which it is mended, as an ISO date. */
  readonly end: string;
  readonly state: "ended" | "ending";
  /** Where its publisher says so. */
  readonly source: string;
}

/** How long before its end a release is spoken of, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000;
const AHEAD = 90 * DAY;

/**
 * What a reference stands on that is at its end, or within 90 days of it, at a time (milliseconds since the epoch): the line of
 * its own version, and the OS release that its tag names. Nothing is said of what the data file does not know.
 */
export function endsOfLife(reference: ImageReference, now: number): readonly EndOfLife[] {
  if (reference.tag === undefined) return [];
  const { version, os } = parseTag(reference.tag);
  const family = familyOf(imageKey(reference));
  const line = family && version && lineOf(family, version.numbers);
  const found = [
    ...(family !== undefined && line !== undefined ? [endOf(family, line, now)] : []),
    ...(os?.line !== undefined && os.line !== line ? [endOf(os.family, os.line, now)] : []),
  ];
  return found.filter((one) => one !== undefined);
}

/**
 * When next something that a plan of a reference goes by changes by itself (milliseconds since the epoch): what it stands on is
 * mended no more, or a line of the same publisher is kept for the long term, or an OS released. Days begin in UTC.
 */
export function nextDay(reference: ImageReference, now: number): number | undefined {
  const { version, os } = parseTag(reference.tag ?? "");
  const family = familyOf(imageKey(reference));
  const own = family && version && lineOf(family, version.numbers);
  const ends = [own?.end, os?.line?.end].flatMap((end) => (end === undefined ? [] : [Date.parse(end) + DAY]));
  const begins = [family, os?.family].flatMap((one) =>
    (one?.lines ?? []).flatMap(({ released, lts }) => [released, lts].flatMap((day) => (day ? [Date.parse(day)] : []))),
  );
  const next = [...ends, ...begins].filter((time) => time > now);
  return next.length === 0 ? undefined : next.reduce((a, b) => Math.min(a, b));
}

/** `Debian 11 (bullseye) is past its end of life: nobody has mended it since 2026-08-31`. */
export function endSentence({ what, end, state }: EndOfLife): string {
  return state === "ended"
    ? `${what} is past its end of life: nobody has mended it since ${end}`
    : `${what} reaches its end of life on ${end}`;
}

function endOf({ name, sources }: Family, { line, names = [], end }: Line, now: number): EndOfLife | undefined {
  if (end === undefined || end >= dayOf(now + AHEAD)) return undefined;
  const codename = names[0] === undefined ? "" : ` (${names[0]})`;
  const what = `${name} ${line}${codename}`;
  return { what, end, state: end < dayOf(now) ? "ended" : "ending", source: sources[0] ?? "" };
}
