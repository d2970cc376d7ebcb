import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  closedNow,
  closesAt,
  type Days,
  type Hours,
  isOpen,
  opensAt,
  type Window,
} from "../../../src/core/policy/window.ts";

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;
const BRUSSELS = "Europe/Brussels";
/** Office hours. */
const OFFICE: Hours = { firstDay: 0, lastDay: 4, from: 6 * 60, to: 18 * 60, zone: BRUSSELS };
const FREEZE: Days = { first: "2026-12-20", last: "2027-01-03", zone: BRUSSELS };

function opening(windows: readonly Window[], at: string): string {
  const opens = opensAt(windows, Date.parse(at));
  return opens === undefined ? "never" : new Date(opens).toISOString();
}

function nightly(zone: string, from: number, to: number): Hours {
  return { firstDay: 0, lastDay: 6, from, to, zone };
}

describe("opensAt", () => {
  it.each<[what: string, windows: readonly Window[], at: string, expected: string]>([
    ["no window at all", [], "2026-11-28T12:00:30Z", "2026-11-28T12:00:30.000Z"],
    ["a moment inside", [{ allow: [OFFICE] }], "2026-11-27T12:00:30Z", "2026-11-27T12:00:30.000Z"],
    ["the first moment", [{ allow: [OFFICE] }], "2026-11-27T05:00:00Z", "2026-11-27T05:00:00.000Z"],
    ["the moment after the last", [{ allow: [OFFICE] }], "2026-11-27T17:00:00Z", "2026-11-30T05:00:00.000Z"],
    ["a weekend", [{ allow: [OFFICE] }], "2026-11-28T12:00:00Z", "2026-11-30T05:00:00.000Z"],
    [
      "a freeze, and the hours after it",
      [{ allow: [OFFICE], deny: [FREEZE] }],
      "2026-12-22T12:00:00Z",
      "2027-01-04T05:00:00.000Z",
    ],
    [
      "a freeze alone, by the zone's calendar",
      [{ deny: [FREEZE] }],
      "2026-12-19T23:00:00Z",
      "2027-01-03T23:00:00.000Z",
    ],
    ["the hour before a freeze", [{ deny: [FREEZE] }], "2026-12-19T22:59:00Z", "2026-12-19T22:59:00.000Z"],
    [
      "two windows, when both are open",
      [{ allow: [OFFICE] }, { deny: [{ ...OFFICE, to: 12 * 60 }] }],
      "2026-11-28T12:00:00Z",
      "2026-11-30T11:00:00.000Z",
    ],
    [
      "hours over midnight, after it",
      [{ allow: [{ ...OFFICE, from: 22 * 60, to: 120 }] }],
      "2026-11-28T00:30:00Z",
      "2026-11-28T00:30:00.000Z",
    ],
    [
      "hours over midnight, of the last day only until they end",
      [{ allow: [{ ...OFFICE, from: 22 * 60, to: 120 }] }],
      "2026-11-28T01:00:00Z",
      "2026-11-30T21:00:00.000Z",
    ],
    [
      "days over the week's end",
      [{ allow: [{ ...OFFICE, firstDay: 5, lastDay: 0 }] }],
      "2026-11-27T12:00:00Z",
      "2026-11-28T05:00:00.000Z",
    ],
    [
      "hours that summer time brings forward",
      [{ allow: [OFFICE] }],
      "2027-03-28T12:00:00Z",
      "2027-03-29T04:00:00.000Z",
    ],
    ["hours that winter time puts back", [{ allow: [OFFICE] }], "2026-10-25T12:00:00Z", "2026-10-26T05:00:00.000Z"],
    [
      "hours that the clocks skip",
      [{ allow: [nightly(BRUSSELS, 135, 165)] }],
      "2027-03-28T00:00:00Z",
      "2027-03-29T00:15:00.000Z",
    ],
    [
      "hours of which the clocks skip the beginning",
      [{ allow: [nightly(BRUSSELS, 135, 195)] }],
      "2027-03-28T00:00:00Z",
      "2027-03-28T01:00:00.000Z",
    ],
    [
      "hours that the clocks bring twice",
      [{ allow: [nightly(BRUSSELS, 150, 165)] }],
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:30:00.000Z",
    ],
    [
      "a day that begins at one o'clock",
      [{ deny: [{ first: "2026-04-01", last: "2026-04-23", zone: "Africa/Cairo" }] }],
      "2026-04-20T00:00:00Z",
      "2026-04-23T22:00:00.000Z",
    ],
    [
      "a clock of three quarters",
      [{ allow: [nightly("Asia/Kathmandu", 60, 120)] }],
      "2026-11-28T00:00:00Z",
      "2026-11-28T19:15:00.000Z",
    ],
    ["no hours", [{ allow: [] }], "2026-11-28T00:00:00Z", "never"],
    [
      "hours that are all denied",
      [{ allow: [OFFICE], deny: [nightly("UTC", 0, 1440)] }],
      "2026-11-28T00:00:00Z",
      "never",
    ],
    ["windows that exclude each other", [{ allow: [OFFICE] }, { deny: [OFFICE] }], "2026-11-28T00:00:00Z", "never"],
    ["a freeze of years", [{ deny: [{ ...FREEZE, last: "2029-01-01" }] }], "2026-12-22T00:00:00Z", "never"],
  ])("is right about %s", (_, windows, at, expected) => {
    expect(opening(windows, at)).toBe(expected);
  });
});

describe("closedNow", () => {
  it("says when it opens, and that it does not", () => {
    const now = Date.parse("2026-11-28T12:00:00Z");
    expect(closedNow([], now)).toBeUndefined();
    expect(closedNow([{ allow: [OFFICE] }], now)).toEqual({
      reason: { code: "outside-window", detail: "it opens 2026-11-30T05:00:00.000Z" },
      opensAt: Date.parse("2026-11-30T05:00:00Z"),
    });
    expect(closedNow([{ allow: [] }], now)).toEqual({
      reason: { code: "outside-window", detail: "it does not open within a year" },
    });
  });
});

function wallIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
}

// Zones whose clocks are put forward and back at one, two, midnight and half past, and by half an hour; and one that never is.
const ZONES = [BRUSSELS, "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "UTC"];
const WALLS = new Map(ZONES.map((zone) => [zone, wallIn(zone)]));

/** What a person reads off the wall: Intl's own words, without any of the arithmetic that is tested. */
function holds(one: Hours | Days, at: number): boolean {
  const format = WALLS.get(one.zone) ?? wallIn(one.zone);
  const said = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = `${said.year}-${said.month}-${said.day}`;
  if ("first" in one) return one.first <= date && date <= one.last;
  const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf((said.weekday ?? "").replace(".", ""));
  const minute = Number(said.hour) * 60 + Number(said.minute);
  const begins = (weekday: number) => (weekday - one.firstDay + 7) % 7 <= (one.lastDay - one.firstDay + 7) % 7;
  if (one.to > one.from) return begins(day) && minute >= one.from && minute < one.to;
  return (begins(day) && minute >= one.from) || (begins((day + 6) % 7) && minute < one.to);
}

function holdsAll(windows: readonly Window[], at: number): boolean {
  return windows.every(
    ({ allow, deny = [] }) =>
      (allow === undefined || allow.some((one) => holds(one, at))) && !deny.some((one) => holds(one, at)),
  );
}

const ZONE = fc.constantFrom(...ZONES);
const DAYOFWEEK = fc.integer({ min: 0, max: 6 });
const TIME = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
const HOURS: fc.Arbitrary<Hours> = fc
  .record({ firstDay: DAYOFWEEK, lastDay: DAYOFWEEK, from: TIME, to: TIME.map((time) => time + 15), zone: ZONE })
  .filter(({ from, to }) => from !== to);
/** A month around one of the days on which clocks are changed. */
const START = fc
  .constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-06", "2026-10-25", "2026-11-01")
  .chain((date) => fc.integer({ min: -40, max: 40 }).map((hour) => Date.parse(`${date}T00:00:00Z`) + hour * HOUR));
const DAYS: fc.Arbitrary<Days> = fc.tuple(START, fc.integer({ min: 0, max: 5 }), ZONE).map(([start, days, zone]) => {
  const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { first: dateOf(start), last: dateOf(start + days * 24 * HOUR), zone };
});
const WINDOW: fc.Arbitrary<Window> = fc.record(
  { allow: fc.array(HOURS, { maxLength: 2 }), deny: fc.array(fc.oneof(HOURS, DAYS), { maxLength: 2 }) },
  { requiredKeys: [] },
);
const WINDOWS = fc.array(WINDOW, { maxLength: 2 });

describe("for any windows", () => {
  it("they are open exactly when a person reads so off the wall, and nothing opens before opensAt says", () => {
    fc.assert(
      fc.property(WINDOWS, START, (windows, start) => {
        const opens = opensAt(windows, start);
        // Every hour and transition here is at a quarter, so the opening is the start, or at one.
        for (let at = start; at < start + 4 * 24 * HOUR; at += QUARTER) {
          const open = holdsAll(windows, at);
          expect({ at, open: isOpen(windows, at) }).toEqual({ at, open });
          if (open) {
            expect(opens).toBe(at);
            return;
          }
          expect(opens ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at);
        }
        if (opens !== undefined) expect(holdsAll(windows, opens)).toBe(true);
      }),
    );
  });

  it("more windows never open earlier, and their order and number do not matter", () => {
    fc.assert(
      fc.property(WINDOWS, WINDOWS, START, (some, others, at) => {
        const never = Number.POSITIVE_INFINITY;
        const both = opensAt([...some, ...others], at) ?? never;
        expect(both).toBeGreaterThanOrEqual(opensAt(some, at) ?? never);
        expect(opensAt([...others, ...some], at) ?? never).toBe(both);
        expect(opensAt([...some, ...others, ...some], at) ?? never).toBe(both);
        expect(isOpen([...some, ...others], at)).toBe(isOpen(some, at) && isOpen(others, at));
      }),
    );
  });

  it("what is open closes exactly when closesAt says", () => {
    fc.assert(
      fc.property(WINDOWS, START, (windows, from) => {
        const start = opensAt(windows, from);
        if (start === undefined) return;
        const closes = closesAt(windows, start);
        for (let at = start; at < start + 4 * 24 * HOUR; at += QUARTER) {
          if (!holdsAll(windows, at)) {
            expect(closes).toBe(at);
            return;
          }
          expect(closes ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at);
        }
        if (closes !== undefined) expect(holdsAll(windows, closes)).toBe(false);
      }),
    );
  });

  it("asking again at the opening changes nothing", () => {
    fc.assert(
      fc.property(WINDOWS, START, (windows, at) => {
        const opens = opensAt(windows, at);
        if (opens !== undefined) expect(opensAt(windows, opens)).toBe(opens);
      }),
    );
  });
});
