const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
const LONGEST_RETRY_AFTER = 3_600;

/** Milliseconds to wait after failed try number `attempt` (from 0): exponential, the upper half jittered by `random` in [0, 1). */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
  return ceiling / 2 + (ceiling / 2) * random;
}

/**
 * A Retry-After header (RFC 9110 section 10.2.3) in seconds from `now` (milliseconds since the epoch): at least 1, at most
 * an hour, so that no registry can silence itself for good. `undefined` when it is absent or says nothing.
 */
export function parseRetryAfter(header: string | readonly string[] | undefined, now: number): number | undefined {
  const value = (typeof header === "string" ? header : header?.[0])?.trim();
  if (value === undefined || value === "") return undefined;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 1), LONGEST_RETRY_AFTER);
}
