import { isAppError } from "../core/errors.ts";
import { createLimiter, type Limiter } from "../core/limiter.ts";
import type { Observation } from "../core/observation.ts";
import { reason } from "../core/reason.ts";
import { type Digest, type ImageName, type ImageReference, imageKey } from "../core/reference.ts";
import { watchedTags } from "../core/tag.ts";
import type { ImageFacts } from "../core/update.ts";
import type { Use } from "../core/use.ts";
import type { RegistrySession } from "./tools.ts";

/** Questions in flight, over all registries. */
const IN_FLIGHT = 8;
/** Tags read of one image. */
const MOST_TAGS = 50_000;

/** What the registries say now of every image that the uses name, by `imageKey`; each image is asked about once. */
export async function askRegistries(
  uses: readonly Use[],
  session: RegistrySession,
  now: number,
): Promise<ReadonlyMap<string, ImageFacts>> {
  const limit = createLimiter(IN_FLIGHT);
  const named = uses.flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
  const asked = [...Map.groupBy(named, imageKey)].map(async ([key, references]) => {
    return [key, await factsOf(references, session, limit, now)] as const;
  });
  return new Map(await Promise.all(asked));
}

/** The facts of one image, named by these references; why there are none is a fact too. */
async function factsOf(
  references: readonly ImageReference[],
  session: RegistrySession,
  limit: Limiter,
  now: number,
): Promise<ImageFacts> {
  const { registry = "", repository = "" } = references[0] ?? {};
  if (!session.allows(registry)) return { state: "held", reason: reason("registry-not-allowed", registry) };
  const image = { registry, repository };
  const inUse = references.map(({ tag }) => tag ?? "latest");
  try {
    const tags = await limit(() => listTags(image, session));
    const seen = await Promise.all(watchedTags(inUse, tags).map((tag) => limit(() => resolve(image, tag, session))));
    const gone = new Set(seen.flatMap(({ tag, digest }) => (digest === undefined ? [tag] : [])));
    const observations = seen.flatMap(({ tag, digest }): readonly Observation[] =>
      digest === undefined ? [] : [{ image, tag, digest, firstSeen: now, lastSeen: now }],
    );
    return { state: "known", tags: tags.filter((tag) => !gone.has(tag)), observations };
  } catch (error) {
    return failure(error);
  }
}

async function listTags(image: ImageName, { registry }: RegistrySession): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const tag of registry.tags(image)) {
    tags.push(tag);
    if (tags.length === MOST_TAGS) break;
  }
  return tags;
}

interface Seen {
  readonly tag: string;
  readonly digest: Digest | undefined;
}

async function resolve(image: ImageName, tag: string, { registry }: RegistrySession): Promise<Seen> {
  return { tag, digest: (await registry.resolve({ ...image, tag }))?.digest };
}

function failure(error: unknown): ImageFacts {
  if (isAppError(error, "DENIED")) return { state: "auth-failed", reason: reason("registry-denied", error.message) };
  if (isAppError(error, "UNAVAILABLE")) return { state: "held", reason: reason("registry-unavailable", error.message) };
  if (isAppError(error)) return { state: "held", reason: reason("registry-answer", error.message) };
  throw error;
}
