import { type AppError, isAppError } from "../core/errors.ts";
import { newObservations, type Observation } from "../core/observation.ts";
import { type Reason, reason } from "../core/reason.ts";
import { type Digest, type ImageName, imageKey } from "../core/reference.ts";
import { watchedTags } from "../core/tag.ts";
import type { ObservedImage } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { assertCurrent } from "./record.ts";

/** Tags read from one repository; more are cut off loudly, because a list that is not whole must not look like one. */
const MOST_TAGS = 50_000;
/** HEADs in flight against one registry. */
const IN_FLIGHT = 8;

/**
 * Step 1: asks the registry what the watched tags of an image name now, saves what is new, and enqueues the repositories
 * that use the image, in one transaction.
 */
export async function watchImage(context: Context, run: Run, image: ImageName): Promise<void> {
  const known = await context.store.observations.of(image);
  if (!context.operation.allows(image.registry)) {
    return saveProblem(context, run, image, known, reason("registry-not-allowed", image.registry));
  }
  try {
    await observe(context, run, image, known);
  } catch (error) {
    if (!isAppError(error, "DENIED", "UNAVAILABLE", "INPUT")) throw error;
    await saveProblem(context, run, image, known, problemOf(error));
    // Only an outage ends by itself: what a person must mend is asked again by the next sweep.
    if (error.code === "UNAVAILABLE") throw error;
  }
}

async function observe(context: Context, run: Run, image: ImageName, known: ObservedImage | undefined): Promise<void> {
  const inUse = await context.store.index.tagsInUse(image);
  const tags = await listTags(context, image);
  const seen = await resolveAll(context, image, watchedTags(inUse, tags));
  const { changed, moved } = newObservations(image, known?.observations ?? [], seen, context.now());
  const isNews = known === undefined || known.problem !== undefined || moved.length > 0 || !sameTags(known.tags, tags);
  if (isNews)
    await saveNews(context, run, image, { tags, changed, moved: moved.filter(({ tag }) => isKnownTag(known, tag)) });
  else await context.store.observations.save(image, tags, changed);
}

/** A tag that is looked at for the first time has not moved. */
function isKnownTag(known: ObservedImage | undefined, tag: string): boolean {
  return known?.observations.some((one) => one.tag === tag) === true;
}

/** Why an image could not be observed, for everyone who uses it; told once. */
async function saveProblem(
  context: Context,
  run: Run,
  image: ImageName,
  known: ObservedImage | undefined,
  problem: Reason,
): Promise<void> {
  if (known?.problem?.code === problem.code) return;
  const users = await context.store.index.users(image);
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.observations.fail(image, problem);
    for (const repository of users) await tables.jobs.enqueue({ kind: "repo", repository });
  });
}

function problemOf({ code, message }: AppError): Reason {
  if (code === "DENIED") return reason("registry-denied", message);
  return reason(code === "UNAVAILABLE" ? "registry-unavailable" : "registry-answer", message);
}

/** One transaction: what moved is saved and on the ledger exactly when everyone who uses it is enqueued. */
async function saveNews(context: Context, run: Run, image: ImageName, news: News): Promise<void> {
  const users = await context.store.index.users(image);
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.observations.save(image, news.tags, news.changed);
    for (const { tag, digest, firstSeen } of news.moved) {
      const cause = `${tag}@${digest} since ${new Date(firstSeen).toISOString()}`;
      const data = { tag, digest, users: users.length };
      await tables.ledger.append(
        { subject: `image:${imageKey(image)}`, transition: "moved", cause, data },
        context.now(),
      );
    }
    for (const repository of users) await tables.jobs.enqueue({ kind: "repo", repository });
  });
  context.log.info({ image: imageKey(image), moved: news.moved.length, users: users.length }, "image has news");
}

interface News {
  readonly tags: readonly string[];
  readonly changed: readonly Observation[];
  readonly moved: readonly Observation[];
}

function sameTags(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((tag, index) => tag === other[index]);
}

async function listTags(context: Context, image: ImageName): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const tag of context.registry.tags(image)) {
    if (tags.length === MOST_TAGS) {
      context.log.warn({ image: imageKey(image), read: MOST_TAGS }, "more tags than are read");
      break;
    }
    tags.push(tag);
  }
  return tags;
}

async function resolveAll(context: Context, image: ImageName, tags: readonly string[]) {
  const seen: { tag: string; digest: Digest | undefined }[] = [];
  const queue = [...tags];
  const worker = async () => {
    for (let tag = queue.shift(); tag !== undefined; tag = queue.shift()) {
      const pinned = await context.registry.resolve({ ...image, tag });
      seen.push({ tag, digest: pinned?.digest });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return seen;
}
