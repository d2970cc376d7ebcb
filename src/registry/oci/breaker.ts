/** How one registry has behaved lately: failures in a row, and until when (milliseconds since the epoch) it is left alone. */
export interface Breaker {
  readonly failures: number;
  readonly openUntil: number;
}

interface BreakerRule {
  readonly threshold: number;
  /** Milliseconds. */
  readonly pause: number;
}

/** How a try ended; `retryAfter` in seconds. */
export type Settled =
  | { readonly kind: "answered" }
  | { readonly kind: "failed" }
  | { readonly kind: "limited"; readonly retryAfter: number };

export const CLOSED: Breaker = { failures: 0, openUntil: 0 };

/** Seconds to leave the registry alone; 0: it may be asked. */
export function pauseLeft(breaker: Breaker, now: number): number {
  return Math.max(0, Math.ceil((breaker.openUntil - now) / 1_000));
}

/**
 * The breaker after a try. It opens after `threshold` failures in a row, and for as long as the registry itself asked for
 * (`retryAfter`, seconds). After the pause one more failure opens it again; an answer closes it.
 */
export function settle(breaker: Breaker, settled: Settled, rule: BreakerRule, now: number): Breaker {
  switch (settled.kind) {
    case "answered":
      // An answer to a question asked before the pause began does not end the pause.
      return breaker.openUntil > now ? breaker : CLOSED;
    case "limited":
      return { ...breaker, openUntil: Math.max(breaker.openUntil, now + settled.retryAfter * 1_000) };
    case "failed": {
      const failures = breaker.failures + 1;
      return {
        failures,
        openUntil: failures >= rule.threshold ? Math.max(breaker.openUntil, now + rule.pause) : breaker.openUntil,
      };
    }
  }
}
