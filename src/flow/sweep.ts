import { isAppError } from "../core/errors.ts";
import { type Job, jobKey } from "../core/job.ts";
import { isBuilt } from "../core/plan/group.ts";
import type { PullRecord } from "../core/pull/pull.ts";
import { type Repository, type RepositoryId, repositoryKey, type Sha } from "../core/repository.ts";
import type { IndexedRepository } from "../store/inverted-index.ts";
import type { Tables } from "../store/store.ts";
import type { Context } from "./context.ts";
import { SCANS_WAIT } from "./gate/scan-next.ts";
import { listLines } from "./look/list-lines.ts";
import { isPolicyRepository, leaveIndex, planEveryone, refusePolicy } from "./read/policy.ts";
import { REJECTED } from "./release/release.ts";
import { wakeReports } from "./report/report.ts";
import { rememberRollouts } from "./rollout/forgotten.ts";
import { redeliverLost } from "./watch/redeliver.ts";

/** What an installation may see, by their keys; `undefined` where it refuses us for now. */
type Listed = ReadonlyMap<string, Repository> | undefined;
/** By installation. */
type Listing = ReadonlyMap<number, Listed>;

/** Repositories, or jobs, that are written in one transaction: each costs a sync of the disk, and holds others up meanwhile. */
const AT_ONCE = 100;

/**
 * Looks at everything once, so that a lost event costs time and nothing else: every repository that the App may see,
 * every image in use, every pull that is open, every release and rollout that is under way. The next one is queued first:
 * whatever becomes of this one, there is a next. Of an installation that is suspended, or refuses us for another reason,
 * everything is kept and nothing done.
 */
export async function sweep(context: Context): Promise<void> {
  const { jobs, rollouts } = context.store;
  const { sweepEvery, watchEvery } = context.operation;
  await jobs.wake({ kind: "sweep" }, context.now() + sweepEvery);
  await jobs.wake({ kind: "watch" }, context.now() + watchEvery);
  const listing = await listInstallations(context);
  await indexListed(context, listing);
  await forgetGone(context, listing);
  await enqueueImages(context);
  await resumePulls(context, listing);
  await wakeReports(context);
  const underWay = (await rollouts.underWay()).filter(({ target }) => !refuses(listing, target.repository));
  await enqueueAll(
    context,
    underWay.map(({ target }) => ({ kind: "target", target })),
  );
}

/**
 * Asks every registry anew, and for webhooks that were lost. That costs GitHub one request of the App's own, so it comes more often
 * than a sweep.
 */
export async function watchEverything(context: Context): Promise<void> {
  await context.store.jobs.wake({ kind: "watch" }, context.now() + context.operation.watchEvery);
  await enqueueImages(context);
  await redeliverLost(context);
}

async function enqueueImages(context: Context): Promise<void> {
  const images = await context.store.index.images();
  await enqueueAll(
    context,
    images.map((image) => ({ kind: "image", image })),
  );
  await context.store.jobs.wake({ kind: "scan" }, context.now(), SCANS_WAIT);
}

async function enqueueAll(context: Context, jobs: readonly Job[]): Promise<void> {
  await inParts(context, jobs, (tables, some) => tables.jobs.enqueueAll(some));
}

/** Writes many things in as few transactions as others can wait for. */
async function inParts<T>(
  { store }: Context,
  all: readonly T[],
  write: (tables: Tables, some: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await store.transaction((tables) => write(tables, all.slice(at, at + AT_ONCE)));
  }
}

async function listInstallations({ github, log }: Context): Promise<Listing> {
  const listing = new Map<number, Listed>();
  for await (const installation of github.installations.list()) {
    try {
      const repositories = await Array.fromAsync(github.installations.repositories(installation));
      listing.set(installation, new Map(repositories.map((repository) => [repositoryKey(repository), repository])));
    } catch (error) {
      // It is no reason to leave out the others.
      if (!isAppError(error, "DENIED")) throw error;
      log.warn({ installation, reason: error.message }, "an installation refused to be looked at");
      listing.set(installation, undefined);
    }
  }
  return listing;
}

function refuses(listing: Listing, { installation }: RepositoryId): boolean {
  return listing.has(installation) && listing.get(installation) === undefined;
}

/**
 * Brings the index to what is listed, and plans everyone again: by the heads as GitHub names them now, of a hundred
 * repositories at a time, so that one whose head has not moved costs no request of its own. All are in the index before the
 * first is looked at: the one with the organisation's policy may be the last of them.
 */
async function indexListed(context: Context, listing: Listing): Promise<void> {
  const { operation, store } = context;
  const known = new Map((await store.index.repositories()).map((one) => [repositoryKey(one), one]));
  const uneasy = Map.groupBy(await store.pulls.unmerged(), ({ repository }) => repositoryKey(repository));
  const due: Repository[] = [];
  for (const policy of [...known.values()].filter((one) => isPolicyRepository(context, one))) {
    if (refuses(listing, policy)) await refusePolicy(context, policy);
  }
  for (const [installation, listed] of listing) {
    const all = [...(listed?.values() ?? [])];
    for (const gone of all.filter(({ archived }) => archived)) await leaveIndex(context, gone);
    const alive = all.filter(({ archived }) => !archived);
    const heads = alive.length === 0 ? new Map() : await headsOf(context, installation, alive);
    await inParts(context, alive, (tables, some) => saveListed(context, tables, some, heads, uneasy));
    const maintaining = alive.filter((one) => known.get(repositoryKey(one))?.maintained !== undefined);
    for (const one of maintaining) await relistLines(context, one);
    due.push(...alive.filter((one) => !isEmpty(one, heads, known)));
  }
  // Everyone's plan needs the organisation's configuration.
  const isPolicy = ({ repository }: Repository) => operation.policyRepositories.includes(repository);
  const sorted = due.toSorted((one, other) => Number(isPolicy(other)) - Number(isPolicy(one)));
  await enqueueAll(
    context,
    sorted.map((repository) => ({ kind: "repo", repository })),
  );
}

/**
 * The heads of other branches, of a repository whose policy names some: as it does by now, a sweep takes its time. One that does not
 * tell them holds up no other; it is asked again when it is looked at by itself.
 */
async function relistLines(context: Context, repository: Repository): Promise<void> {
  const { index } = context.store;
  const maintained = (await index.repository(repository))?.maintained;
  if (maintained === undefined) return;
  try {
    await listLines(context, repository, maintained.patterns);
  } catch (error) {
    // A limit is everyone's.
    if (!isAppError(error) || error.retryAfter !== undefined) throw error;
    context.log.warn({ repository: repositoryKey(repository), reason: error.message }, "its branches are not told");
    const doubt = { cause: "a sweep", since: context.now() };
    for (const { base } of await index.lines(repository)) await index.doubt({ ...repository, base }, doubt);
  }
}

type Heads = ReadonlyMap<string, Sha | undefined>;

/** A head that GitHub did not name, and pulls that somebody may have closed or opened again, are for the plan to ask about. */
async function saveListed(
  { now }: Context,
  { index }: Tables,
  repositories: readonly Repository[],
  heads: Heads,
  uneasy: ReadonlyMap<string, readonly PullRecord[]>,
): Promise<void> {
  const named = repositories.map((one) => ({ one, key: repositoryKey(one), head: heads.get(repositoryKey(one)) }));
  await index.saveRepositories(named.map(({ one, head }) => (head === undefined ? one : { ...one, named: head })));
  for (const { one, key, head } of named) {
    const doubt = { cause: "a sweep", since: now() };
    if (head === undefined || uneasy.has(key)) await index.doubt(one, doubt);
    const bases = new Set(uneasy.get(key)?.map(({ base }) => base));
    for (const base of bases) if (base !== one.defaultBranch) await index.doubt({ ...one, base }, doubt);
  }
}

/** Whether there is nothing in a repository, and was nothing before. */
function isEmpty(one: Repository, heads: Heads, known: ReadonlyMap<string, IndexedRepository>): boolean {
  const key = repositoryKey(one);
  return heads.has(key) && heads.get(key) === undefined && known.get(key)?.head === undefined;
}

/**
 * Forgets every repository that the App may see no longer, and lets the campaigns that it was part of go on without it; what failed there counts on. One
 * that it may see, of an account that is not served any more, is left alone.
 */
async function forgetGone(context: Context, listing: Listing): Promise<void> {
  const { store } = context;
  const all = [...(await store.pulls.repositories()), ...(await store.index.repositories())];
  const known = new Map(all.map((one) => [repositoryKey(one), one]));
  for (const [key, repository] of known) {
    if (!(await isGone(context, listing, repository))) {
      if (!listing.has(repository.installation)) await leaveIndex(context, repository);
      continue;
    }
    const own = await store.rollouts.ofRepository(repository);
    await store.transaction(async (tables) => {
      const { forget, jobs, ledger } = tables;
      await rememberRollouts(ledger, repository, own, context.now());
      await forget(repository);
      if (isPolicyRepository(context, repository)) await planEveryone(tables);
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

/** One installation that keeps its heads from us is no reason to leave out the others: each repository is asked by itself then. */
async function headsOf({ github, log }: Context, installation: number, repositories: readonly Repository[]) {
  try {
    return await github.installations.heads(installation, repositories);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    log.warn({ installation, reason: error.message }, "an installation refused to tell its heads");
    return new Map<string, Sha | undefined>();
  }
}

async function resumePulls(context: Context, listing: Listing): Promise<void> {
  const { pulls } = context.store;
  const open = (await pulls.unmerged()).filter(({ state }) => state === "open");
  const jobs: Job[] = open.map(({ repository, branch }) => ({ kind: "pull", repository, branch }));
  for (const { repository, base, merge, group } of await pulls.unreleased()) {
    const isReleased = listing.get(repository.installation)?.get(repositoryKey(repository))?.defaultBranch === base;
    if (merge !== undefined && isReleased && isBuilt(group) && !(await isRejected(context, repository, merge)))
      jobs.push({ kind: "release", repository, merge });
  }
  await enqueueAll(
    context,
    jobs.filter((job) => !("repository" in job && refuses(listing, job.repository))),
  );
}

/** A release that was rejected is looked at again when its build says something new, and then an event tells of it. */
async function isRejected({ store }: Context, repository: RepositoryId, merge: Sha): Promise<boolean> {
  const subject = jobKey({ kind: "release", repository, merge });
  return (await store.ledger.find(subject, REJECTED, merge)) !== undefined;
}
