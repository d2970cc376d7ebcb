import { followedTag } from "../core/plan/candidate.ts";
import type { Publication } from "../core/plan/publication.ts";
import { type ImageFacts, unanswered } from "../core/plan/update.ts";
import { reason } from "../core/reason.ts";
import { imageKey } from "../core/reference.ts";
import type { Use } from "../core/use/use.ts";
import { lookInto } from "../flow/watch/look-into.ts";
import { observeImage } from "../flow/watch/observe-image.ts";
import type { RegistrySession } from "./tools.ts";

/** What the registries say now of every image that the uses name, by `imageKey`; each image is asked about once. */
export async function askRegistries(
  uses: readonly Use[],
  session: RegistrySession,
  now: number,
): Promise<ReadonlyMap<string, ImageFacts>> {
  const named = uses.flatMap((use) => (use.reference === undefined ? [] : [{ key: imageKey(use.reference), use }]));
  const asked = [...Map.groupBy(named, ({ key }) => key)].map(async ([key, own]) => {
    const facts = await factsOf(
      own.map(({ use }) => use),
      session,
      now,
    );
    return [key, facts] as const;
  });
  return new Map(await Promise.all(asked));
}

/** The facts of one image, named by these uses; why there are none is a fact too. */
async function factsOf(uses: readonly Use[], session: RegistrySession, now: number): Promise<ImageFacts> {
  const { registry = "", repository = "" } = uses[0]?.reference ?? {};
  if (!session.allows(registry)) return unanswered(reason("registry-not-allowed", `--allow-registry ${registry}`));
  const image = { registry, repository };
  const used = uses.flatMap(({ reference, comment }) => (reference === undefined ? [] : [{ reference, comment }]));
  const tags = used.flatMap(({ reference, comment }) => followedTag(reference) ?? comment?.tag ?? []);
  const digests = used.flatMap(({ reference: { tag, digest }, comment }) =>
    tag === undefined && digest !== undefined ? [{ digest, ...(comment && { comment: comment.tag }) }] : [],
  );
  const look = await observeImage(session.registry, image, { tags, digests }, now);
  if (look.state === "failed") return unanswered(look.reason);
  const gone = new Set(look.sightings.flatMap(({ tag, digest }) => (digest === undefined ? [tag] : [])));
  const observations = look.sightings.flatMap(({ tag, digest }) =>
    digest === undefined ? [] : [{ image, tag, digest, firstSeen: now, lastSeen: now }],
  );
  const published = [...look.digests.asked].map(([digest, asked]): Publication => {
    const named = look.digests.named.filter((one) => one.digest === digest);
    return { digest, asked, tags: named.map(({ tag }) => ({ tag, by: "registry" })) };
  });
  const names = new Map(observations.map(({ tag, digest }) => [tag, digest]));
  const moved = used.flatMap(({ reference, comment }) => {
    const to = names.get(followedTag(reference) ?? comment?.tag ?? "");
    return reference.digest === undefined || to === undefined || to === reference.digest
      ? []
      : [{ from: reference.digest, to }];
  });
  const contents = await lookInto(session.registry, image, moved, new Map());
  const listed = look.tags.filter((tag) => !gone.has(tag));
  return { state: "known", tags: listed, observations, problems: look.problems, published, contents };
}
