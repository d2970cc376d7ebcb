import {
  newObservations,
  newTagList,
  type Observation,
  type TagList,
  type TagProblem,
} from "../../core/plan/observation.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { type ImageName, imageKey } from "../../core/reference.ts";
import type { ObservedImage } from "../../store/observations.ts";
import type { Context, Run } from "../context.ts";
import { assertCurrent } from "../record.ts";
import { type Look, observeImage } from "./observe-image.ts";

/**
 * Step 1: asks the registry what the watched tags of an image name now, saves what is new, and enqueues the repositories
 * that use the image, in one transaction.
 */
export async function watchImage(context: Context, run: Run, image: ImageName): Promise<void> {
  const known = await context.store.observations.of(image);
  if (!context.operation.allows(image.registry)) {
    return saveProblem(
      context,
      run,
      image,
      known,
      reason("registry-not-allowed", `${image.registry}, by the operator`),
    );
  }
  const inUse = await context.store.index.tagsInUse(image);
  const look = await observeImage(context.registry, image, inUse, context.now());
  if (look.state === "seen") return saveLook(context, run, image, known, look);
  await saveProblem(context, run, image, known, look.reason);
  // Only an outage ends by itself: what a person must mend is asked again by the next sweep.
  if (look.outage !== undefined) throw look.outage;
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
    await tables.jobs.enqueueAll(users.map((repository) => ({ kind: "repo", repository })));
  });
}

async function saveLook(
  context: Context,
  run: Run,
  image: ImageName,
  known: ObservedImage | undefined,
  look: Extract<Look, { readonly state: "seen" }>,
): Promise<void> {
  const list = newTagList(known, look.tags);
  const { changed, moved } = newObservations(image, known?.observations ?? [], look.sightings, context.now());
  const isNews =
    known === undefined || moved.length > 0 || !sameList(known, list) || !sameProblems(known, look.problems);
  if (!isNews) {
    await context.store.observations.save(image, list.tags, changed, look.problems);
    return tellUnaware(context, image, known.observations);
  }
  await saveNews(context, run, image, {
    list,
    changed,
    problems: look.problems,
    moved: moved.filter(({ tag }) => isKnownTag(known, tag)),
  });
}

/** Whoever was being planned while the image was observed first was not among its users then, and knows nothing of it. */
async function tellUnaware(context: Context, image: ImageName, seen: readonly Observation[]): Promise<void> {
  const tags = seen.map(({ tag }) => tag);
  const unaware = await context.store.index.unaware(image, tags);
  for (const repository of unaware) await context.store.jobs.enqueue({ kind: "repo", repository });
}

/** A tag that is looked at for the first time has not moved. */
function isKnownTag(known: ObservedImage | undefined, tag: string): boolean {
  return known?.observations.some((one) => one.tag === tag) === true;
}

interface News {
  readonly list: TagList;
  readonly changed: readonly Observation[];
  readonly problems: readonly TagProblem[];
  readonly moved: readonly Observation[];
}

/** One transaction: what moved is saved and on the ledger exactly when everyone who uses it is enqueued. */
async function saveNews(
  context: Context,
  run: Run,
  image: ImageName,
  { list, changed, problems, moved }: News,
): Promise<void> {
  const users = await context.store.index.users(image);
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.observations.save(image, list.tags, changed, problems);
    if (list.problem !== undefined) await tables.observations.fail(image, list.problem);
    for (const { tag, digest, firstSeen } of moved) {
      const cause = `${tag}@${digest} since ${new Date(firstSeen).toISOString()}`;
      const data = { tag, digest, users: users.length };
      await tables.ledger.append(
        { subject: `image:${imageKey(image)}`, transition: "moved", cause, data },
        context.now(),
      );
    }
    await tables.jobs.enqueueAll(users.map((repository) => ({ kind: "repo", repository })));
  });
  context.log.info({ image: imageKey(image), moved: moved.length, users: users.length }, "image has news");
}

function sameList(one: TagList, other: TagList): boolean {
  const sameTags = one.tags.length === other.tags.length && one.tags.every((tag, index) => tag === other.tags[index]);
  return sameTags && one.problem?.code === other.problem?.code;
}

function sameProblems({ tagProblems = [] }: ObservedImage, problems: readonly TagProblem[]): boolean {
  const texts = (list: readonly TagProblem[]) =>
    list
      .map(({ tag, reason: { code } }) => `${tag} ${code}`)
      .toSorted()
      .join();
  return texts(tagProblems) === texts(problems);
}
