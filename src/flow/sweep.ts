import { isAppError } from "../core/errors.ts";
import { jobKey } from "../core/job.ts";
import { type Repository, type RepositoryId, repositoryKey, type Sha } from "../core/repository.ts";
import { isFinished } from "../core/rollout.ts";
import type { Context } from "./context.ts";
import { REJECTED } from "./release.ts";
import { SCANS_WAIT } from "./scan-next.ts";

/** By installation its repositories, by their keys; `undefined` where it refuses us for now. */
type Listing = ReadonlyMap<number, ReadonlyMap<string, Repository> | undefined>;

/**
 * Looks at everything once, so that a lost event costs time and nothing else: every repository that the App may see,
 * every image in use, every pull that is open, every release and rollout that is under way. The next one is queued first:
 * whatever becomes of this one, there is a next. Of an installation that is suspended, or refuses us for another reason,
 * everything is kept and nothing done.
 */
export async function sweep(context: Context): Promise<void> {
  const { index, jobs, rollouts } = context.store;
  await jobs.wake({ kind: "sweep" }, context.now() + context.operation.sweepEvery);
  const listing = await listRepositories(context);
  await forgetGone(context, listing);
  for (const image of await index.images()) await jobs.enqueue({ kind: "image", image });
  await jobs.wake({ kind: "scan" }, context.now(), SCANS_WAIT);
  await resumePulls(context, listing);
  for (const rollout of await rollouts.list()) {
    const isDue = !isFinished(rollout) && !refuses(listing, rollout.target.repository);
    if (isDue) await jobs.enqueue({ kind: "target", target: rollout.target });
  }
}

/** All are in the index before the first is looked at: the one with the organisation's policy may be the last of them. */
async function listRepositories(context: Context): Promise<Listing> {
  const { index, jobs } = context.store;
  const listing = new Map<number, ReadonlyMap<string, Repository> | undefined>();
  for await (const installation of context.github.installations.list()) {
    listing.set(installation, await listInstallation(context, installation));
  }
  const all = [...listing.values()].flatMap((own) => [...(own?.values() ?? [])]);
  for (const repository of all) {
    await (repository.archived ? index.removeRepository(repository) : index.saveRepository(repository));
  }
  for (const repository of all) if (!repository.archived) await jobs.enqueue({ kind: "repo", repository });
  return listing;
}

/** `undefined` when an installation refuses us, which is no reason to leave out the others. */
async function listInstallation({ github, log }: Context, installation: number) {
  try {
    const repositories = await Array.fromAsync(github.installations.repositories(installation));
    return new Map(repositories.map((repository) => [repositoryKey(repository), repository]));
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    log.warn({ installation, reason: error.message }, "an installation refused to be looked at");
    return undefined;
  }
}

function refuses(listing: Listing, { installation }: RepositoryId): boolean {
  return listing.has(installation) && listing.get(installation) === undefined;
}

/**
 * Forgets every repository that the App may see no longer, and lets the campaigns that it was part of go on without it. One
 * that it may see, of an account that is not served any more, is left alone.
 */
async function forgetGone(context: Context, listing: Listing): Promise<void> {
  const { store } = context;
  const pulled = (await store.pulls.list(undefined)).map(({ repository }) => repository);
  const known = new Map([...pulled, ...(await store.index.repositories())].map((one) => [repositoryKey(one), one]));
  for (const [key, repository] of known) {
    if (!(await isGone(context, listing, repository))) {
      if (!listing.has(repository.installation)) await store.index.removeRepository(repository);
      continue;
    }
    const own = (await store.rollouts.list()).filter(({ target }) => repositoryKey(target.repository) === key);
    await store.transaction(async ({ forget, jobs }) => {
      await forget(repository);
      for (const { release } of own) await jobs.enqueue({ kind: "campaign", campaign: release.campaign });
    });
    context.log.info({ repository: key }, "a repository is no longer ours to see, and forgotten");
  }
}

/**
 * What is forgotten does not come back, and a list may be wrong for once, or miss what moved between its pages while it was
 * read: so GitHub is asked once more of each that is missing.
 */
async function isGone({ github }: Context, listing: Listing, repository: RepositoryId): Promise<boolean> {
  const isListed = listing.get(repository.installation)?.has(repositoryKey(repository)) === true;
  if (isListed || refuses(listing, repository)) return false;
  try {
    return (await github.installations.repository(repository)) === undefined;
  } catch (error) {
    if (isAppError(error, "DENIED")) return false;
    throw error;
  }
}

async function resumePulls(context: Context, listing: Listing): Promise<void> {
  const { jobs, pulls } = context.store;
  for (const { repository, branch, state, merge } of await pulls.list(undefined)) {
    if (refuses(listing, repository)) continue;
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
