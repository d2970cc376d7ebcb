import { AppError } from "../core/errors.ts";
import type { Fact } from "../core/ledger.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";

/**
 * Does an act that cannot be taken back: `intended` is on the ledger before, the fact after. `perform` must find what an
 * earlier, killed try has done already, so that running the step again repairs a crash anywhere in between. `after`
 * writes what follows from the act, in the same transaction as the fact.
 *
 * Throws CONFLICT when a newer start of the job has taken over.
 */
export async function act<T>(
  context: Context,
  run: Run,
  fact: Fact,
  perform: () => Promise<T>,
  after: (tables: Tables, value: T) => Promise<void>,
): Promise<T> {
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.ledger.append({ ...fact, transition: `${fact.transition} intended` }, context.now());
  });
  const value = await perform();
  await record(context, run, fact, (tables) => after(tables, value));
  return value;
}

/** Writes down what a killed try did and could not say any more: it was intended, and the world shows that it is done. */
export async function finish(context: Context, run: Run, fact: Fact): Promise<void> {
  const stands = (transition: string) => context.store.ledger.find(fact.subject, transition, fact.cause);
  const isIntended = (await stands(`${fact.transition} intended`)) !== undefined;
  if (isIntended && (await stands(fact.transition)) === undefined) await record(context, run, fact);
}

/** Writes a fact, and what follows from it, in one transaction. Throws CONFLICT when a newer start has taken over. */
export async function record(
  context: Context,
  run: Run,
  fact: Fact,
  after: (tables: Tables) => Promise<void> = async () => {},
): Promise<void> {
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.ledger.append(fact, context.now());
    await after(tables);
  });
}

/** Locks the fence of a run until the transaction ends; CONFLICT when a newer start of the job has taken over. */
export async function assertCurrent(tables: Tables, run: Run): Promise<void> {
  const current = await tables.fences.current(run.key);
  if (current !== run.fence) throw new AppError("CONFLICT", `a newer run of ${run.key} has taken over`);
}
