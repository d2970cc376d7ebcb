import { jobKey } from "../core/job.ts";
import { type RepositoryId, repositoryKey, type Sha } from "../core/repository.ts";
import { isFinished } from "../core/rollout.ts";
import type { Context } from "./context.ts";
import { REJECTED } from "./release.ts";

/**
 * Looks at everything once, so that a lost event costs time and nothing else: every repository that the App may see,
 * every image in use, every pull that is open, every release and rollout that is under way.
 */
export async function sweep(context: Context): Promise<void> {
  await sweepRepositories(context);
  const { index, jobs } = context.store;
  for (const image of await index.images()) await jobs.enqueue({ kind: "image", image });
  await resumePulls(context);
  for (const rollout of await context.store.rollouts.list()) {
    if (!isFinished(rollout)) await jobs.enqueue({ kind: "target", target: rollout.target });
  }
  await jobs.wake({ kind: "sweep" }, context.now() + context.operation.sweepEvery);
}

async function sweepRepositories(context: Context): Promise<void> {
  const { index, jobs } = context.store;
  const seen = new Set<string>();
  for await (const repository of context.github.installations.repositories()) {
    if (repository.archived) continue;
    seen.add(repositoryKey(repository));
    await index.saveRepository(repository);
    await jobs.enqueue({ kind: "repo", repository });
  }
  for (const repository of await index.repositories()) {
    if (!seen.has(repositoryKey(repository))) await index.removeRepository(repository);
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
