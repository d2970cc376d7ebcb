import { createLimiter, type Limiter } from "../../core/write/limiter.ts";
import type { OciLimits } from "./limits.ts";

/** Runs a question to a registry when it is its turn. */
export type Queue = <T>(registry: string, work: () => Promise<T>) => Promise<T>;

/** A queue per registry, first come, first served, so that one that is slow does not keep the others; and all bounded together. */
export function createQueue({ concurrency, inFlight }: Pick<OciLimits, "concurrency" | "inFlight">): Queue {
  const registries = new Map<string, Limiter>();
  const together = createLimiter(inFlight);
  return (registry, work) => {
    const own = registries.get(registry) ?? createLimiter(concurrency);
    registries.set(registry, own);
    return own(() => together(work));
  };
}
