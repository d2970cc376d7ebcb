/** Runs work under a key when it is its turn: at most so many of one key at once, first come, first served. */
export type Gate = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A gate that lets `limit` works of each key run at once. */
export function createGate(limit: number): Gate {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  async function enter(key: string): Promise<void> {
    const count = running.get(key) ?? 0;
    if (count < limit) {
      running.set(key, count + 1);
      return;
    }
    const queue = waiting.get(key) ?? [];
    waiting.set(key, queue);
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  function leave(key: string): void {
    const next = waiting.get(key)?.shift();
    if (next !== undefined) {
      next();
      return;
    }
    waiting.delete(key);
    const count = (running.get(key) ?? 1) - 1;
    if (count === 0) running.delete(key);
    else running.set(key, count);
  }

  return async (key, work) => {
    await enter(key);
    try {
      return await work();
    } finally {
      leave(key);
    }
  };
}
