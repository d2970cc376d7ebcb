import { isAppError } from "../../core/errors.ts";
import type { RepositoryId } from "../../core/repository.ts";
import { type Doubt, type IndexedRepository, REFUSED } from "../../store/inverted-index.ts";
import type { Store, Tables } from "../../store/store.ts";
import type { Context } from "../context.ts";

/** Milliseconds after which it is asked for again: no event tells that an address is let in by now. */
const AGAIN = 3_600_000;
const POLICY_READ = "policy read";

type PolicyOf = Pick<Context, "operation">;

/** Whether this repository holds the organisation's configuration. */
export function isPolicyRepository({ operation }: PolicyOf, { repository }: Pick<RepositoryId, "repository">): boolean {
  return operation.policyRepositories.includes(repository);
}

/**
 * The repository whose `oakum.yml` holds for another: the only one there is, or of several the one of the same installation. By
 * ids alone: an account's name may become somebody else's. While one of several cannot be seen, whose it is is unknown; an account
 * is known to have none when all of them are others', and none of them was its own before it was transferred. What GitHub refuses
 * to show does not hold as it was read last: it may be stricter by now.
 */
export async function policyFor(
  { operation, store }: Pick<Context, "operation" | "store">,
  { host, installation }: RepositoryId,
): Promise<IndexedRepository | "none" | "unknown"> {
  const { policyRepositories: ids } = operation;
  const found: (readonly IndexedRepository[])[] = [];
  for (const id of ids) found.push(await store.index.byNumber(id));
  const own = found.flat().find((one) => one.host === host && one.installation === installation);
  const [only] = ids.length === 1 ? found.flat() : [own];
  if (only !== undefined) return isRefused(only.doubt) ? "unknown" : only;
  if (!found.every((places) => places.length > 0)) return "unknown";
  const had = ids.length === 0 ? undefined : await store.ledger.newest(subjectOf({ host, installation }), POLICY_READ);
  return had !== undefined && ids.includes(Number(had.cause)) ? "unknown" : "none";
}

/** Writes down whose policy this is, and has everyone planned by it. */
export async function spreadPolicy(tables: Tables, policy: RepositoryId, now: number): Promise<void> {
  const fact = { subject: subjectOf(policy), transition: POLICY_READ, cause: String(policy.repository), data: {} };
  if ((await tables.ledger.find(fact.subject, fact.transition, fact.cause)) === undefined) {
    await tables.ledger.append(fact, now);
  }
  await planEveryone(tables);
}

/** Takes a repository out of the index. What a policy said that is gone, archived or somebody else's does not hold on. */
export async function leaveIndex({ operation, store }: PolicyOf & { readonly store: Store }, id: RepositoryId) {
  if (!isPolicyRepository({ operation }, id)) return store.index.removeRepository(id);
  await store.transaction(async (tables) => {
    await tables.index.removeRepository(id);
    await planEveryone(tables);
  });
}

/** Reads of a repository. Where that is a policy and GitHub refuses, nothing is proposed or merged by it until it can be read. */
export async function reading<T>(context: Context, id: RepositoryId, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error, "DENIED") && isPolicyRepository(context, id)) await refusePolicy(context, id);
    throw error;
  }
}

/** Remembers that a policy cannot be read now, and has it asked for again. */
export async function refusePolicy({ store, now }: Pick<Context, "store" | "now">, id: RepositoryId): Promise<void> {
  const known = await store.index.repository(id);
  if (known === undefined) return;
  await store.transaction(async (tables) => {
    await tables.jobs.wake({ kind: "repo", repository: id }, now() + AGAIN);
    if (isRefused(known.doubt)) return;
    await tables.index.doubt(id, { cause: REFUSED, since: now() });
    await planEveryone(tables);
  });
}

/**
 * A repository was read. Where that is a policy that was refused, it holds again from now on, whatever else becomes of this look, and
 * everyone is planned by it. Answers with the doubt that is settled when the look is done: none that arose meanwhile.
 */
export async function readAgain(context: Context, known: IndexedRepository): Promise<Doubt | undefined> {
  const { store, now } = context;
  const standing = isPolicyRepository(context, known) ? (await store.index.repository(known))?.doubt : undefined;
  if (standing === undefined || !isRefused(standing)) return known.doubt;
  const left = { cause: "it was refused before", since: now() };
  await store.transaction(async (tables) => {
    await tables.index.settle(known, standing);
    await tables.index.doubt(known, left);
    await planEveryone(tables);
  });
  return standing.since === known.doubt?.since ? left : undefined;
}

export async function planEveryone({ index, jobs }: Pick<Tables, "index" | "jobs">): Promise<void> {
  await jobs.enqueueAll((await index.repositories()).map((repository) => ({ kind: "repo", repository })));
}

function isRefused(doubt: Doubt | undefined): boolean {
  return doubt?.cause === REFUSED;
}

function subjectOf({ host, installation }: Pick<RepositoryId, "host" | "installation">): string {
  return `policy:${host}/${installation}`;
}
