import { isAppError } from "../../core/errors.ts";
import type { Sighting } from "../../core/plan/observation.ts";
import { type Asked, digestsToAsk, type Publication } from "../../core/plan/publication.ts";
import type { Digest, ImageName } from "../../core/reference.ts";
import { likelyTags } from "../../core/tag/published.ts";
import { together } from "../../core/together.ts";
import type { Manifest, Registry } from "../../registry/registry.ts";

/** Digests that are asked about in one look, and tags that are asked for to find theirs. The next look asks about more. */
const MOST_DIGESTS = 20;
const MOST_TAGS = 64;

const VERSION = "org.opencontainers.image.version";

/** What was asked about the tags of digests. */
export interface DigestAnswers {
  readonly named: readonly (Sighting & { readonly digest: Digest })[];
  readonly asked: ReadonlyMap<Digest, Asked>;
}

/**
 * Finds the tags of digests that are used without one, where nothing is known of them yet: asks what the likeliest tags name now.
 * What the digest itself tells of its version says which those are. `lookAt` asks for one tag.
 */
export async function askDigests(
  registry: Registry,
  image: ImageName,
  digests: readonly Digest[],
  {
    tags,
    known,
    now,
  }: { readonly tags: readonly string[]; readonly known: readonly Publication[]; readonly now: number },
  lookAt: (tag: string) => Promise<Sighting | undefined>,
): Promise<DigestAnswers> {
  const due = digestsToAsk(digests, known, now).slice(0, MOST_DIGESTS);
  if (due.length === 0) return { named: [], asked: new Map() };
  const told = await together(due.map((digest) => versionsOf(registry, image, digest)));
  const likely = likelyTags(
    tags,
    told.flatMap(({ versions }) => versions),
    MOST_TAGS,
  );
  const sightings = await together(likely.map(lookAt));
  const wanted = new Set(due);
  const named = sightings.flatMap((one) =>
    one?.digest !== undefined && wanted.has(one.digest) ? [{ tag: one.tag, digest: one.digest }] : [],
  );
  const asked = due.map((digest, at): [Digest, Asked] => [
    digest,
    { at: now, tags: likely.length, ...(told[at]?.isMissing === true && { missing: true }) },
  ]);
  return { named, asked: new Map(asked) };
}

interface Told {
  readonly versions: readonly string[];
  readonly isMissing: boolean;
}

/** What a digest tells of its version, in its annotations or else in its labels: it says where to look, and nothing is believed of it. */
async function versionsOf(registry: Registry, image: ImageName, digest: Digest): Promise<Told> {
  try {
    const manifest = await registry.manifest({ ...image, digest });
    if (manifest === undefined) return { versions: [], isMissing: true };
    const annotated = annotationsOf(manifest);
    if (annotated.length > 0) return { versions: annotated, isMissing: false };
    const config = await registry.config({ ...image, digest }, platformIn(manifest));
    return { versions: [config?.labels[VERSION] ?? []].flat(), isMissing: false };
  } catch (error) {
    if (!isAppError(error, "DENIED", "UNAVAILABLE", "INPUT")) throw error;
    return { versions: [], isMissing: false };
  }
}

function annotationsOf(manifest: Manifest): readonly string[] {
  const { annotations, ...rest } = manifest;
  const inside = rest.kind === "index" ? rest.manifests.map((one) => one.annotations?.[VERSION]) : [];
  return [...new Set([annotations?.[VERSION], ...inside].filter((text) => text !== undefined))];
}

/** The first that is one: attestations are of none. */
function platformIn(manifest: Manifest) {
  if (manifest.kind === "image") return undefined;
  return manifest.manifests.find(({ platform }) => platform !== undefined && platform.os !== "unknown")?.platform;
}
