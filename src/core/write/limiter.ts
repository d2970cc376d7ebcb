/** Runs work when its turn has come. Of those who wait the lowest `place` is next, and of equals who came first. */
export type Limiter = <T>(work: () => Promise<T>, place?: number) => Promise<T>;

/** Lets at most `limit` pieces of work run at a time; the others wait. */
export function createLimiter(limit: number): Limiter {
  const waiting: Waiting[] = [];
  let running = 0;
  return async (work, place = 0) => {
    if (running >= limit) await new Promise<void>((go) => queue(waiting, { place, go }));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next.go();
    }
  };
}

interface Waiting {
  readonly place: number;
  readonly go: () => void;
}

function queue(waiting: Waiting[], one: Waiting): void {
  const at = waiting.findLastIndex(({ place }) => place <= one.place);
  waiting.splice(at + 1, 0, one);
}
