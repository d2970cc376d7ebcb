import { isAppError } from "../../core/errors.ts";

/**
 * Does one work after the other: what one of them fails by holds up none of the others, unless it is a limit, which is everyone's. Of
 * several failures it throws one that may pass by itself, if there is one: the job comes back for such, and only a person mends the rest.
 */
export async function eachInTurn(works: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (failure) {
      if (isAppError(failure) && failure.retryAfter !== undefined) throw failure;
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures.find((one) => !isAppError(one, "DENIED", "INPUT")) ?? failures[0];
}
