/** What is left of something that may be done now and then. Times are milliseconds since the epoch. */
export interface Allowance {
  /** How often it may still be done at once. */
  readonly left: number;
  /** When `left` was counted. */
  readonly at: number;
}

/** How often it may be done at once at most, and how long until it may once more, in milliseconds. */
export interface AllowanceTerms {
  readonly most: number;
  readonly every: number;
}

/** What is left once it was done now; or from when on it may be. Where the clock went back, it has just been counted. */
export function spend(
  known: Allowance | undefined,
  { most, every }: AllowanceTerms,
  now: number,
): { readonly state: "done"; readonly rest: Allowance } | { readonly state: "wait"; readonly until: number } {
  const { left, at } = known ?? { left: most, at: now };
  const since = Math.min(at, now);
  const grown = Math.floor((now - since) / every);
  const have = Math.min(most, Math.max(0, left) + grown);
  if (have === 0) return { state: "wait", until: since + every };
  // What has begun to grow counts on, unless nothing more could be kept.
  return { state: "done", rest: { left: have - 1, at: have === most ? now : since + grown * every } };
}
