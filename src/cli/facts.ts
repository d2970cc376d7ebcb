import { followedTag } from "../core/plan/candidate.ts";
import { globsAt } from "../core/plan/globs.ts";
import type { Observation } from "../core/plan/observation.ts";
import type { Publication } from "../core/plan/publication.ts";
import { type ImageFacts, unanswered } from "../core/plan/update.ts";
import type { PolicyOf } from "../core/policy/policy.ts";
import { reason } from "../core/reason.ts";
import { type ImageReference, imageKey } from "../core/reference.ts";
import type { Use } from "../core/use/use.ts";
import { lookInto, type MovedDigest } from "../flow/watch/look-into.ts";
import { type Look, observeImage, type Wanted } from "../flow/watch/observe-image.ts";
import type { RegistrySession } from "./tools.ts";

/** Who is asked, on whose terms, and when (milliseconds since the epoch). */
interface Asking {
  readonly session: RegistrySession;
  readonly policyOf: PolicyOf;
  readonly now: number;
}

/** What the registries say now of every image that the uses name, by `imageKey`; each image is asked about once. */
export async function askRegistries(uses: readonly Use[], asking: Asking): Promise<ReadonlyMap<string, ImageFacts>> {
  const named = uses.flatMap((use) => (use.reference === undefined ? [] : [{ use, reference: use.reference }]));
  const asked = [...Map.groupBy(named, ({ reference }) => imageKey(reference))].map(async ([key, own]) => {
    return [key, await factsOf(own, asking)] as const;
  });
  return new Map(await Promise.all(asked));
}

interface NamedUse {
  readonly use: Use;
  readonly reference: ImageReference;
}

/** The facts of one image, named by these uses; why there are none is a fact too. */
async function factsOf(uses: readonly NamedUse[], { session, policyOf, now }: Asking): Promise<ImageFacts> {
  const { registry = "", repository = "" } = uses[0]?.reference ?? {};
  if (!session.allows(registry)) return unanswered(reason("registry-not-allowed", `--allow-registry ${registry}`));
  const image = { registry, repository };
  const look = await observeImage(session.registry, image, wantedFor(uses, policyOf), now);
  if (look.state === "failed") return unanswered(look.reason);
  const gone = new Set(look.sightings.flatMap(({ tag, digest }) => (digest === undefined ? [tag] : [])));
  const observations = look.sightings.flatMap(({ tag, digest }) =>
    digest === undefined ? [] : [{ image, tag, digest, firstSeen: now, lastSeen: now }],
  );
  return {
    state: "known",
    tags: look.tags.filter((tag) => !gone.has(tag)),
    observations,
    problems: look.problems,
    published: publishedBy(look),
    contents: await lookInto(session.registry, image, movedIn(uses, observations), new Map()),
  };
}

function wantedFor(uses: readonly NamedUse[], policyOf: PolicyOf): Wanted {
  return {
    tags: uses.flatMap(({ use, reference }) => {
      const tag = tagOf(use, reference);
      return tag === undefined ? [] : [{ tag, globs: globsAt(reference, use, policyOf) }];
    }),
    digests: uses.flatMap(({ use: { comment }, reference: { tag, digest } }) =>
      tag === undefined && digest !== undefined ? [{ digest, ...(comment && { comment: comment.tag }) }] : [],
    ),
  };
}

/** The tag that a use follows as far as the file says: also in a comment. */
function tagOf({ comment }: Use, reference: ImageReference): string | undefined {
  return followedTag(reference) ?? comment?.tag;
}

function publishedBy({ digests }: Extract<Look, { readonly state: "seen" }>): readonly Publication[] {
  return [...digests.asked].map(([digest, asked]) => {
    const named = digests.named.filter((one) => one.digest === digest);
    return { digest, asked, tags: named.map(({ tag }) => ({ tag, by: "registry" })) };
  });
}

function movedIn(uses: readonly NamedUse[], observations: readonly Observation[]): readonly MovedDigest[] {
  const names = new Map(observations.map(({ tag, digest }) => [tag, digest]));
  return uses.flatMap(({ use, reference }) => {
    const from = reference.digest;
    const to = names.get(tagOf(use, reference) ?? "");
    return from === undefined || to === undefined || to === from ? [] : [{ from, to }];
  });
}
