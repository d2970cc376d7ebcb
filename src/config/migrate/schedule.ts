const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const WORDS: Readonly<Record<string, string>> = { weekday: "Mon-Fri", weekend: "Sat-Sun", day: "Mon-Sun" };
const NAME = /^(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?$/;

/**
 * A schedule of Renovate's as windows of ours: its common sentences (`before 6am on monday`, `after 10pm every weekday`, `every
 * weekend`), and cron with hours and days of the week. None for `at any time`; `undefined` for what is not among them.
 */
export function hoursOf(schedule: string, zone: string): readonly string[] | undefined {
  const text = schedule.trim().toLowerCase();
  if (text === "at any time" || text === "") return [];
  if (!isTimeZone(zone)) return undefined;
  const found = /^[\d*]/.test(text) ? fromCron(text) : fromSentence(text);
  return found?.days.flatMap((days) => found.hours.map(([from, to]) => `${days} ${clock(from)}-${clock(to)} ${zone}`));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z0-9_+/-]{1,64}$/.test(name);
  } catch {
    return false;
  }
}

interface Found {
  readonly days: readonly string[];
  /** Hours of the day, the second not in it. */
  readonly hours: readonly (readonly [number, number])[];
}

function fromSentence(text: string): Found | undefined {
  const words = text
    .replaceAll(",", " ")
    .replace(/\band\b|\bevery\b|\bon\b|\bthe\b/g, " ")
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  let from: number | undefined;
  let to: number | undefined;
  const days: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "after" || word === "before") {
      const hour = hourOf(words[++at] ?? "");
      if (hour === undefined) return undefined;
      if (word === "after") from = hour;
      else to = hour;
      continue;
    }
    const day = dayOf(word);
    if (day === undefined) return undefined;
    days.push(day);
  }
  return { days: days.length === 0 ? ["Mon-Sun"] : days, hours: between(from ?? 0, to ?? 24) };
}

/** Over midnight: the evening and the morning of the same days, as Renovate has it. */
function between(from: number, to: number): Found["hours"] {
  if (from < to) return [[from, to]];
  return to === 0
    ? [[from, 24]]
    : [
        [from, 24],
        [0, to],
      ];
}

function hourOf(text: string): number | undefined {
  const [, digits = "", half] = /^(\d{1,2})(?::00)?(am|pm)?$/.exec(text) ?? [];
  if (digits === "") return undefined;
  const hour = half === undefined ? Number(digits) : (Number(digits) % 12) + (half === "pm" ? 12 : 0);
  return hour <= 24 ? hour : undefined;
}

function dayOf(word: string): string | undefined {
  const plural = WORDS[word] ?? WORDS[word.replace(/s$/, "")];
  if (plural !== undefined) return plural;
  const [, short = ""] = NAME.exec(word) ?? [];
  return DAYS.find((day) => day.toLowerCase() === short);
}

/** `* 0-3 * * 1-5`: minutes must be any, as Renovate demands. */
function fromCron(text: string): Found | undefined {
  const [minutes, hours = "", day, month, weekdays = "", ...more] = text.split(/\s+/);
  if (minutes !== "*" || day !== "*" || month !== "*" || more.length > 0) return undefined;
  const spans = listOf(hours, 23)?.map(([from, to]) => [from, to + 1] as const);
  const days = weekdays === "*" ? [[1, 7] as const] : listOf(weekdays, 7);
  if (spans === undefined || days === undefined) return undefined;
  const names = days.map(([from, to]) => (from === to ? nameOf(from) : `${nameOf(from)}-${nameOf(to)}`));
  return { days: names, hours: hours === "*" ? [[0, 24]] : spans };
}

/** Sunday is 0 and 7. */
function nameOf(day: number): string {
  return DAYS[(day + 6) % 7] ?? "Sun";
}

function listOf(text: string, most: number): readonly (readonly [number, number])[] | undefined {
  if (text === "*") return [[0, most]];
  const parts = text.split(",").map((part) => /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part));
  const spans = parts.map((part) => [Number(part?.[1]), Number(part?.[2] ?? part?.[1])] as const);
  return spans.every(([from, to]) => from <= to && to <= most) ? spans : undefined;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}
