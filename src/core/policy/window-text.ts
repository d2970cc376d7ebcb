import type { Days, Hours, Window } from "./window.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY = `(${WEEKDAYS.join("|")})`;
const CLOCK = "([01]\\d|2[0-3]):([0-5]\\d)";
const ZONE = "([A-Za-z0-9_+/-]{1,64})";
const HOURS = new RegExp(`^${DAY}(?:-${DAY})? ${CLOCK}-(?:${CLOCK}|(24):(00)) ${ZONE}$`);
const DAYS = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)/(\\d{4}-\\d\\d-\\d\\d)(?: ${ZONE})?$`);

/** Reads `Mon-Fri 06:00-18:00 Europe/Brussels`, or one day; `undefined` when it is not that, or no time at all. */
export function readHours(text: string): Hours | undefined {
  const found = HOURS.exec(text)?.slice(1);
  if (found === undefined) return undefined;
  const [first = "", last = first, fromHour, fromMinute, toHour, toMinute, midnight, _, zone = ""] = found;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = midnight === undefined ? Number(toHour) * 60 + Number(toMinute) : 24 * 60;
  if (from === to) return undefined;
  return { firstDay: WEEKDAYS.indexOf(first), lastDay: WEEKDAYS.indexOf(last), from, to, zone };
}

/** Reads `2026-12-20/2027-01-03 Europe/Brussels`; without a zone it is UTC. `undefined` when it is not that. */
export function readDays(text: string): Days | undefined {
  const [first = "", last = "", zone = "UTC"] = DAYS.exec(text)?.slice(1) ?? [];
  return isDate(first) && isDate(last) && first <= last ? { first, last, zone } : undefined;
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Windows as people read them: `Mon-Fri 06:00-18:00 Europe/Brussels, not 2026-12-20/2027-01-03 UTC`; none: `always`. */
export function describeWindows(windows: readonly Window[]): string {
  const texts = windows.map(describeWindow).filter((text) => text !== "always");
  return texts.length === 0 ? "always" : texts.join(" and ");
}

function describeWindow({ allow, deny = [] }: Window): string {
  const open = allow?.length === 0 ? "never" : (allow?.map(describe).join(" or ") ?? "");
  const closed = deny.length === 0 ? "" : `not ${deny.map(describe).join(" or ")}`;
  return [open, closed].filter((part) => part !== "").join(", ") || "always";
}

function describe(one: Hours | Days): string {
  if ("first" in one) return `${one.first}/${one.last} ${one.zone}`;
  const { firstDay, lastDay, from, to, zone } = one;
  const days = firstDay === lastDay ? WEEKDAYS[firstDay] : `${WEEKDAYS[firstDay]}-${WEEKDAYS[lastDay]}`;
  return `${days} ${clock(from)}-${clock(to)} ${zone}`;
}

function clock(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
