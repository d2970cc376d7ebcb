import { createLru } from "../core/lru.ts";

const MOST_KEYS = 10_000;

/** Lets each key through so many times in a span (milliseconds), counted from its first time. */
export function createTurnstile(options: { readonly limit: number; readonly span: number; now(): number }) {
  const counts = createLru<string, { readonly since: number; readonly times: number }>({ entries: MOST_KEYS, cost: 0 });
  return (key: string): boolean => {
    const known = counts.get(key);
    const now = options.now();
    const running = known !== undefined && now - known.since < options.span ? known : { since: now, times: 0 };
    counts.set(key, { ...running, times: running.times + 1 }, 0);
    return running.times < options.limit;
  };
}
