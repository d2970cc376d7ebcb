/** Since when and until when GitHub wants to be left alone, as an installation was told. Times: milliseconds since the epoch. */
export interface Pause {
  readonly until: number;
  /** How many pauses in a row GitHub left the length of to us. */
  readonly strikes: number;
}

const MINUTE = 60_000;
/** What GitHub asks for where it names no time: a minute at least, and longer each time. */
const LONGEST = 15 * MINUTE;
/** After so long without a limit, it counts as the first again. */
const FORGIVEN = 15 * MINUTE;

/**
 * The pause after GitHub said that it is asked too much: as long as it says, else a minute, twice as long each time. Several
 * that hear of the same limit make one pause.
 * @param seconds the wait that GitHub named
 */
export function pauseAfter(known: Pause, seconds: number | undefined, now: number): Pause {
  const isOn = known.until > now;
  const isForgiven = now - known.until > FORGIVEN;
  const strikes = isForgiven ? 0 : known.strikes;
  if (seconds !== undefined) return { until: Math.max(known.until, now + seconds * 1000), strikes };
  if (isOn) return known;
  return { until: now + Math.min(MINUTE * 2 ** strikes, LONGEST), strikes: strikes + 1 };
}
