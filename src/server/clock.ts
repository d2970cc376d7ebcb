export interface Clocks {
  /** Milliseconds since the epoch: what a person, or the network's time, may set. */
  now(): number;
  /** Milliseconds that have passed, whatever anyone sets. */
  passed(): number;
}

/** Milliseconds by which a clock may be behind from one look to the next: the network's time corrects it in small steps. */
const SMALL = 10_000;

/**
 * A look at the clock, to be repeated: tells by how many milliseconds it was set back since the last one. What was to be done in
 * a minute would then be done a minute after the time that it was before, which may be days; so somebody must look at everything.
 * A clock that is set forward has things done early, and to look early is no harm.
 */
export function watchClock({ now, passed }: Clocks, onSetBack: (milliseconds: number) => void): () => void {
  let last = { now: now(), passed: passed() };
  return () => {
    const next = { now: now(), passed: passed() };
    const behind = last.now + (next.passed - last.passed) - next.now;
    last = next;
    if (behind > SMALL) onSetBack(behind);
  };
}
