import { type AppError, isAppError } from "../../core/errors.ts";
import type { Sighting, TagProblem } from "../../core/plan/observation.ts";
import type { Publication } from "../../core/plan/publication.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { type Digest, type ImageName, imageKey } from "../../core/reference.ts";
import { habitOf } from "../../core/tag/habit.ts";
import { type TagInUse, watchedTags } from "../../core/tag/tag-index.ts";
import { together } from "../../core/together.ts";
import type { Registry } from "../../registry/registry.ts";
import { askDigests, type DigestAnswers } from "./ask-digests.ts";

/** Tags of one image that are read, kept and planned with. */
const MOST_TAGS = 100_000;

/** What a look at an image's registry told: its tags and what the watched ones name; or why nothing can be said. */
export type Look =
  | {
      readonly state: "seen";
      readonly tags: readonly string[];
      readonly sightings: readonly Sighting[];
      /** The watched tags that the registry has no usable answer for. */
      readonly problems: readonly TagProblem[];
      /** What was asked about digests that are used without a tag. */
      readonly digests: DigestAnswers;
    }
  /** `outage`: what may have passed when the registry is asked again. */
  | { readonly state: "failed"; readonly reason: Reason; readonly outage?: AppError };

/** What is to be asked about an image. */
export interface Wanted {
  readonly tags: readonly TagInUse[];
  /** The digests that are used without a tag, and what is known of theirs. One whose comment names a tag that is listed has that. */
  readonly digests?: readonly { readonly digest: Digest; readonly comment?: string }[];
  readonly known?: readonly Publication[];
}

/**
 * Asks the registry for the tags of an image, what those in use and the newer ones name now, and which tags name the digests that
 * are used without one. What is wrong with some
 * tags is theirs alone; with all of them, or with their list, it is the image's. How many questions are asked at once is
 * for the registry's client to say.
 */
export async function observeImage(
  registry: Registry,
  image: ImageName,
  { tags: inUse, digests = [], known = [] }: Wanted,
  now: number,
): Promise<Look> {
  try {
    const tags = await listTags(registry, image);
    if (tags === undefined) {
      return { state: "failed", reason: reason("too-many-tags", `${imageKey(image)}: more than ${MOST_TAGS}`) };
    }
    const watched = watchedTags(inUse, tags, habitOf(imageKey(image), now));
    const looks = await together(watched.map((tag) => lookAt(registry, image, tag)));
    const seen = new Map(looks.map((look) => [look.tag, look]));
    const listed = digests.some(({ comment }) => comment !== undefined) ? new Set(tags) : undefined;
    const alone = digests.flatMap(({ digest, comment = "" }) => (listed?.has(comment) === true ? [] : [digest]));
    const answers = await askDigests(registry, image, [...new Set(alone)], { tags, known, now }, async (tag) => {
      const look = seen.get(tag) ?? (await lookAt(registry, image, tag));
      return "error" in look ? undefined : look;
    });
    const refused = looks.filter((look) => "error" in look);
    const sightings = looks.filter((look) => "digest" in look);
    const [first] = refused;
    // Everyone who uses the image is told of this, whatever tag they follow: so it names none.
    if (first !== undefined && sightings.length === 0)
      return { state: "failed", reason: problemOf(first.error, first.error.message) };
    const found = answers.named.filter(({ tag }) => !seen.has(tag));
    return {
      state: "seen",
      tags,
      sightings: [...sightings, ...found],
      problems: refused.map(tagProblem),
      digests: answers,
    };
  } catch (error) {
    if (!isAppError(error, "DENIED", "UNAVAILABLE", "INPUT")) throw error;
    const outage = error.code === "UNAVAILABLE" && { outage: error };
    return { state: "failed", reason: problemOf(error, error.message), ...outage };
  }
}

/** All tags; `undefined` when there are too many, since a part of them would pass for the whole. */
async function listTags(registry: Registry, image: ImageName): Promise<readonly string[] | undefined> {
  const tags: string[] = [];
  for await (const tag of registry.tags(image)) {
    if (tags.length === MOST_TAGS) return undefined;
    tags.push(tag);
  }
  return tags;
}

interface RefusedTag {
  readonly tag: string;
  readonly error: AppError;
}

async function lookAt(registry: Registry, image: ImageName, tag: string): Promise<Sighting | RefusedTag> {
  try {
    return { tag, digest: (await registry.resolve({ ...image, tag }))?.digest };
  } catch (error) {
    if (!isAppError(error, "DENIED", "INPUT")) throw error;
    return { tag, error };
  }
}

function tagProblem({ tag, error }: RefusedTag): TagProblem {
  return { tag, reason: problemOf(error, `${tag}: ${error.message}`) };
}

function problemOf({ code }: AppError, detail: string): Reason {
  if (code === "DENIED") return reason("registry-denied", detail);
  return reason(code === "UNAVAILABLE" ? "registry-unavailable" : "registry-answer", detail);
}
