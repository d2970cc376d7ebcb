import { isAppError } from "../core/errors.ts";
import { jobKey } from "../core/job.ts";
import { type RepositoryId, repositoryKey, type Sha } from "../core/repository.ts";
import { isFinished } from "../core/rollout.ts";
import type { Context } from "./context.ts";
import { REJECTED } from "./release.ts";

/**
 * Looks at everything once, so that a lost event costs time and nothing else: every repository that the App may see,
 * every image in use, every pull that is open, every release and rollout that is under way. The next one is queued first:
 * whatever becomes of this one, there is a next.
 */
export async function sweep(context: Context): Promise<void> {
  const { index, jobs } = context.store;
  await jobs.wake({ kind: "sweep" }, context.now() + context.operation.sweepEvery);
  await sweepRepositories(context);
  for (const image of await index.images()) await jobs.enqueue({ kind: "image", image });
  await resumePulls(context);
  for (const rollout of await context.store.rollouts.list()) {
    if (!isFinished(rollout)) await jobs.enqueue({ kind: "target", target: rollout.target });
  }
}

/**
 * What the App no longer sees leaves the index; what it cannot see today, of an installation that refuses, stays. All are
 * known before the first is looked at: the one with the organisation's policy may be the last of them.
 */
async function sweepRepositories(context: Context): Promise<void> {
  const { index, jobs } = context.store;
  const seen = new Map<string, RepositoryId>();
  const unseen = new Set<number>();
  for await (const installation of context.github.installations.list()) {
    const found = await sweepInstallation(context, installation);
    if (found === undefined) unseen.add(installation);
    else for (const repository of found) seen.set(repositoryKey(repository), repository);
  }
  for (const repository of seen.values()) await jobs.enqueue({ kind: "repo", repository });
  for (const repository of await index.repositories()) {
    const isGone = !seen.has(repositoryKey(repository)) && !unseen.has(repository.installation);
    if (isGone) await index.removeRepository(repository);
  }
}

/** An installation's repositories; `undefined` when it refuses us, which is no reason to leave out the others. */
async function sweepInstallation(context: Context, installation: number): Promise<readonly RepositoryId[] | undefined> {
  const found: RepositoryId[] = [];
  try {
    for await (const repository of context.github.installations.repositories(installation)) {
      if (repository.archived) continue;
      await context.store.index.saveRepository(repository);
      found.push(repository);
    }
    return found;
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ installation, reason: error.message }, "an installation refused to be looked at");
    return undefined;
  }
}

async function resumePulls(context: Context): Promise<void> {
  const { jobs, pulls } = context.store;
  for (const { repository, branch, state, merge } of await pulls.list(undefined)) {
    if (state === "open") await jobs.enqueue({ kind: "pull", repository, branch });
    else if (merge !== undefined && (await isUnreleased(context, repository, merge))) {
      await jobs.enqueue({ kind: "release", repository, merge });
    }
  }
}

/** A release that was rejected is looked at again when its build says something new, and then an event tells of it. */
async function isUnreleased({ store }: Context, repository: RepositoryId, merge: Sha): Promise<boolean> {
  if ((await store.rollouts.release(repository, merge)) !== undefined) return false;
  const subject = jobKey({ kind: "release", repository, merge });
  return (await store.ledger.find(subject, REJECTED, merge)) === undefined;
}
