import { type Breaker, CLOSED, pauseLeft, settle } from "./breaker.ts";

/** Registries lock an account out that keeps trying a wrong password (GitLab: after 30 times in 3 minutes). */
const REFUSALS = { threshold: 5, pause: 5 * 60_000 };

/** Remembers which accounts were refused several times in a row, to leave them alone for a while. */
export interface Attempts {
  mayTry(account: string): boolean;
  refused(account: string): void;
  accepted(account: string): void;
}

/** `now` in milliseconds since the epoch. */
export function createAttempts(now: () => number): Attempts {
  const refusals = new Map<string, Breaker>();
  return {
    mayTry: (account) => pauseLeft(refusals.get(account) ?? CLOSED, now()) === 0,
    refused(account) {
      refusals.set(account, settle(refusals.get(account) ?? CLOSED, { kind: "failed" }, REFUSALS, now()));
    },
    accepted(account) {
      refusals.delete(account);
    },
  };
}
