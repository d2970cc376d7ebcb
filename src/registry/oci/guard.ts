import { AppError, isAppError } from "../../core/errors.ts";
import { isTransient } from "../../core/patience.ts";
import { type Breaker, CLOSED, pauseLeft, type Settled, settle } from "./breaker.ts";
import type { OciLimits } from "./limits.ts";

/** Does `work`, a try at a question to `registry`, unless that is to be left alone, and learns from how it ends. */
export type Guard = <T>(registry: string, isPull: boolean, work: () => Promise<T>) => Promise<T>;

/**
 * A guard that has met no registry yet. Pulls, which registries count, are paused apart: Docker Hub refuses them to who has
 * used its quota up, and answers everything else still. A limit on anything else is a limit on pulls too.
 */
export function createGuard(limits: OciLimits, now: () => number): Guard {
  const rule = { threshold: limits.breakerThreshold, pause: limits.breakerPause };
  const breakers = new Map<string, Breaker>();
  const breakerOf = (key: string) => breakers.get(key) ?? CLOSED;

  return async (registry, isPull, work) => {
    const keys = isPull ? [registry, `${registry} pulls`] : [registry];
    const pause = Math.max(...keys.map((key) => pauseLeft(breakerOf(key), now())));
    if (pause > 0) throw new AppError("UNAVAILABLE", `${registry} is left alone for ${pause} s`, { retryAfter: pause });
    const settled = (event: Settled) => {
      for (const key of event.kind === "limited" ? keys.slice(-1) : keys) {
        breakers.set(key, settle(breakerOf(key), event, rule, now()));
      }
    };
    try {
      const value = await work();
      settled({ kind: "answered" });
      return value;
    } catch (error) {
      settled(settledBy(error));
      throw error;
    }
  };
}

/** What an error says of its registry: one that refuses is in order. */
function settledBy(error: unknown): Settled {
  if (isTransient(error)) return { kind: "failed" };
  if (isAppError(error) && error.retryAfter !== undefined) return { kind: "limited", retryAfter: error.retryAfter };
  return { kind: "answered" };
}
