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
import type { NewPublications } from "../../store/publications.ts";
import type { Context, Run } from "../context.ts";
import { assertCurrent } from "../record.ts";
import { lookInto } from "./look-into.ts";
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
  const { index, publications } = context.store;
  const used = await index.digestsInUse(image);
  const digests = used.flatMap(({ digest, tag }) => (tag === undefined ? [{ digest }] : []));
  const published = await publications.of(digests.map(({ digest }) => ({ ...image, digest })));
  const wanted = { tags: await index.tagsInUse(image), digests, known: published.get(imageKey(image)) ?? [] };
  const look = await observeImage(context.registry, image, wanted, context.now());
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
  const publications = await newPublications(context, image, look);
  const isNews =
    known === undefined ||
    moved.length > 0 ||
    !sameList(known, list) ||
    !sameProblems(known, look.problems) ||
    publications.asked.size + publications.contents.size > 0;
  if (!isNews) {
    await context.store.observations.save(image, list.tags, changed, look.problems);
    return tellUnaware(context, image, known.observations);
  }
  await saveNews(context, run, image, {
    list,
    changed,
    problems: look.problems,
    publications,
    moved: moved.filter(({ tag }) => isKnownTag(known, tag)),
  });
}

/** What is new about digests: the tags of those that are used without one, and what those name whose tags have moved on. */
async function newPublications(
  { store, registry, now }: Context,
  image: ImageName,
  { sightings, digests }: Extract<Look, { readonly state: "seen" }>,
): Promise<NewPublications> {
  const names = new Map(sightings.map(({ tag, digest }) => [tag, digest]));
  const moved = (await store.index.digestsInUse(image)).flatMap(({ digest: from, tag = "" }) => {
    const to = names.get(tag);
    return to === undefined || to === from ? [] : [{ from, to }];
  });
  const pins = moved.flatMap(({ from, to }) => [from, to]).map((digest) => ({ ...image, digest }));
  const known = (await store.publications.contents(pins)).get(imageKey(image)) ?? new Map();
  const contents = await lookInto(registry, image, moved, known);
  return { named: digests.named.map((one) => ({ ...one, at: now() })), asked: digests.asked, contents };
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
  readonly publications: NewPublications;
  readonly moved: readonly Observation[];
}

/** One transaction: what moved is saved and on the ledger exactly when everyone who uses it is enqueued. */
async function saveNews(
  context: Context,
  run: Run,
  image: ImageName,
  { list, changed, problems, publications, moved }: News,
): Promise<void> {
  const users = await context.store.index.users(image);
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    // What was asked for is known as that, though asking for it was an observation.
    await tables.publications.save(image, publications);
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
