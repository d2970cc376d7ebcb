import { followedTag } from "../core/plan/candidate.ts";
import { type ImageFacts, unanswered } from "../core/plan/update.ts";
import { reason } from "../core/reason.ts";
import { type ImageReference, imageKey } from "../core/reference.ts";
import type { Use } from "../core/use/use.ts";
import { observeImage } from "../flow/watch/observe-image.ts";
import type { RegistrySession } from "./tools.ts";

/** What the registries say now of every image that the uses name, by `imageKey`; each image is asked about once. */
export async function askRegistries(
  uses: readonly Use[],
  session: RegistrySession,
  now: number,
): Promise<ReadonlyMap<string, ImageFacts>> {
  const named = uses.flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
  const asked = [...Map.groupBy(named, imageKey)].map(async ([key, references]) => {
    return [key, await factsOf(references, session, now)] as const;
  });
  return new Map(await Promise.all(asked));
}

/** The facts of one image, named by these references; why there are none is a fact too. */
async function factsOf(
  references: readonly ImageReference[],
  session: RegistrySession,
  now: number,
): Promise<ImageFacts> {
  const { registry = "", repository = "" } = references[0] ?? {};
  if (!session.allows(registry)) return unanswered(reason("registry-not-allowed", `--allow-registry ${registry}`));
  const image = { registry, repository };
  const look = await observeImage(
    session.registry,
    image,
    references.flatMap((one) => followedTag(one) ?? []),
    now,
  );
  if (look.state === "failed") return unanswered(look.reason);
  const gone = new Set(look.sightings.flatMap(({ tag, digest }) => (digest === undefined ? [tag] : [])));
  const observations = look.sightings.flatMap(({ tag, digest }) =>
    digest === undefined ? [] : [{ image, tag, digest, firstSeen: now, lastSeen: now }],
  );
  return { state: "known", tags: look.tags.filter((tag) => !gone.has(tag)), observations, problems: look.problems };
}
