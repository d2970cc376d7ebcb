import { isAppError } from "./errors.ts";

/** How one question is asked again that failed for a moment. */
export interface Patience {
  /** Milliseconds before each further try; as many as there are. */
  readonly pauses: readonly number[];
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * What `ask` answers, asked again after a pause as long as it fails with UNAVAILABLE that names no time to come back: a
 * dropped connection or a 502 is no reason to do all of a job anew. Only for what may be done twice.
 */
export async function patiently<T>(ask: () => Promise<T>, { pauses, sleep }: Patience): Promise<T> {
  for (const pause of pauses) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await sleep(pause);
    }
  }
  return ask();
}

/** Whether asking again soon may help. */
export function isTransient(error: unknown): boolean {
  return isAppError(error, "UNAVAILABLE") && error.retryAfter === undefined;
}
