const LONGEST = 3_600;

/**
 * A Retry-After header (RFC 9110 section 10.2.3) in seconds from `now` (milliseconds since the epoch): at least 1, at most
 * an hour, so that no server can silence itself for good. `undefined` when it is absent or says nothing.
 */
export function parseRetryAfter(
  header: string | readonly string[] | null | undefined,
  now: number,
): number | undefined {
  const value = (typeof header === "string" ? header : header?.[0])?.trim();
  if (value === undefined || value === "") return undefined;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 1), LONGEST);
}
