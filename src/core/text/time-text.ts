const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time (milliseconds since the epoch) as people read it: `2026-11-23 20:48 UTC`. */
export function formatTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A duration in milliseconds, rounded down to one unit: `0 min`, `3 h`, `31 days`. A negative one is none. */
export function formatDuration(duration: number): string {
  if (duration < HOUR) return `${Math.max(0, Math.floor(duration / MINUTE))} min`;
  return duration < 2 * DAY ? `${Math.floor(duration / HOUR)} h` : `${Math.floor(duration / DAY)} days`;
}

/** How long ago something was, in milliseconds: `just now`, `3 h ago`. */
export function formatAge(age: number): string {
  return age < MINUTE ? "just now" : `${formatDuration(age)} ago`;
}
