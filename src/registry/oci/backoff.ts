const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/** Milliseconds to wait after failed try number `attempt` (from 0): exponential, the upper half jittered by `random` in [0, 1). */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
  return ceiling / 2 + (ceiling / 2) * random;
}
