import { repositoryKey } from "../core/repository.ts";
import { isFinished } from "../core/rollout.ts";
import type { Context } from "./context.ts";

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
    seen.add(repositoryKey(repository));
    await index.saveRepository(repository);
    await jobs.enqueue({ kind: "repo", repository });
  }
  for (const repository of await index.repositories()) {
    if (!seen.has(repositoryKey(repository))) await index.removeRepository(repository);
  }
}

async function resumePulls(context: Context): Promise<void> {
  const { jobs, pulls, rollouts } = context.store;
  for (const { repository, branch, state, merge } of await pulls.list(undefined)) {
    if (state === "open") await jobs.enqueue({ kind: "pull", repository, branch });
    else if (merge !== undefined && (await rollouts.release(repository, merge)) === undefined) {
      await jobs.enqueue({ kind: "release", repository, merge });
    }
  }
}
