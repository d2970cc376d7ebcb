import type { Publication } from "../../core/plan/publication.ts";
import { type ImageFacts, type KnownFacts, unanswered } from "../../core/plan/update.ts";
import { type ImageName, imageKey, type PinnedImage } from "../../core/reference.ts";
import { lone } from "../../core/use/lone-digest.ts";
import type { Use } from "../../core/use/use.ts";
import type { ObservedImage } from "../../store/observations.ts";
import type { Context } from "../context.ts";

/** What is known of every image that uses name, by `imageKey`; those that were never looked at are left out. */
export async function factsOf({ store }: Context, uses: readonly Use[]): Promise<ReadonlyMap<string, ImageFacts>> {
  const pinned = uses.flatMap((use) => (use.blocked === undefined && isPinned(use.reference) ? [use] : []));
  const alone = pinned.filter(lone).flatMap(({ reference }) => (isPinned(reference) ? [reference] : []));
  const observed = await store.observations.ofAll([...imagesOf(uses).values()]);
  const published = await store.publications.of(unique(alone));
  const contents = await store.publications.contents(unique(movedPins(pinned, observed, published)));
  return new Map(
    [...observed].map(([key, one]) => [
      key,
      factOf(one, { published: published.get(key), contents: contents.get(key) }),
    ]),
  );
}

/** The images that uses name whose updates are Oakum's to make, by `imageKey`. */
export function imagesOf(uses: readonly Use[]): ReadonlyMap<string, ImageName> {
  return new Map(
    uses.flatMap(({ reference, blocked }) =>
      reference === undefined || blocked !== undefined ? [] : [[imageKey(reference), reference] as const],
    ),
  );
}

function factOf(
  { tags, observations, problem, tagProblems }: ObservedImage,
  { published, contents }: { readonly [K in "published" | "contents"]: KnownFacts[K] | undefined },
): ImageFacts {
  if (problem !== undefined) return unanswered(problem);
  const more = { ...(published && { published }), ...(contents && { contents }) };
  return { state: "known", tags, observations, ...(tagProblems && { problems: tagProblems }), ...more };
}

/** The digests in use, and those that the tags name now that they may follow. */
function movedPins(
  uses: readonly Use[],
  observed: ReadonlyMap<string, ObservedImage>,
  published: ReadonlyMap<string, readonly Publication[]>,
): readonly PinnedImage[] {
  const now = new Map(
    [...observed].map(([key, { observations }]) => [
      key,
      new Map(observations.map(({ tag, digest }) => [tag, digest])),
    ]),
  );
  const tagsOf = new Map(
    [...published].flatMap(([key, own]) => own.map(({ digest, tags }) => [`${key}@${digest}`, tags] as const)),
  );
  return uses.flatMap(({ reference, comment }) => {
    if (!isPinned(reference)) return [];
    const key = imageKey(reference);
    const found = tagsOf.get(`${key}@${reference.digest}`) ?? [];
    const named = [reference.tag, comment?.tag, ...found.map(({ tag }) => tag)].flatMap((tag) => {
      const digest = tag === undefined ? undefined : now.get(key)?.get(tag);
      return digest === undefined || digest === reference.digest ? [] : [{ ...reference, digest }];
    });
    return named.length === 0 ? [] : [reference, ...named];
  });
}

function isPinned(reference: Use["reference"]): reference is NonNullable<Use["reference"]> & PinnedImage {
  return reference?.digest !== undefined;
}

function unique(pins: readonly PinnedImage[]): readonly PinnedImage[] {
  return [
    ...new Map(
      pins.map(({ registry, repository, digest }) => [
        `${registry}/${repository}@${digest}`,
        { registry, repository, digest },
      ]),
    ).values(),
  ];
}
