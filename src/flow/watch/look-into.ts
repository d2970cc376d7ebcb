import { isAppError } from "../../core/errors.ts";
import type { IndexContent } from "../../core/plan/index-content.ts";
import type { Digest, ImageName } from "../../core/reference.ts";
import { together } from "../../core/together.ts";
import type { Manifest, Registry } from "../../registry/registry.ts";

/** Manifests that are read in one look; the next one reads more. */
const MOST_READ = 40;

/** A digest in use, and the one that its tag names now. */
export interface MovedDigest {
  readonly from: Digest;
  readonly to: Digest;
}

/**
 * Reads what digests name whose tags have moved on, each once: whether that is the same in a platform decides whether there is an
 * update. Of what seems to be the same it asks whether the registry still has it. Answers with what was not known.
 */
export async function lookInto(
  registry: Registry,
  image: ImageName,
  moved: readonly MovedDigest[],
  known: ReadonlyMap<Digest, IndexContent>,
): Promise<ReadonlyMap<Digest, IndexContent>> {
  const wanted = [...new Set(moved.flatMap(({ from, to }) => [from, to]))].filter((digest) => !known.has(digest));
  const read = await together(
    wanted.slice(0, MOST_READ).map(async (digest) => [digest, await contentOf(registry, image, digest)] as const),
  );
  const found = new Map(read.flatMap(([digest, content]) => (content === undefined ? [] : [[digest, content]])));
  const same = [...new Set(moved.filter((one) => share(one, known)).map(({ from }) => from))].slice(0, MOST_READ);
  const gone = await together(same.map(async (digest) => ((await isGone(registry, image, digest)) ? [digest] : [])));
  for (const digest of gone.flat()) found.set(digest, []);
  return found;
}

/** Whether anything may count as the same in both. */
function share({ from, to }: MovedDigest, known: ReadonlyMap<Digest, IndexContent>): boolean {
  const others = new Set(known.get(to)?.map(({ digest }) => digest));
  return known.get(from)?.some(({ digest }) => others.has(digest)) === true;
}

/** Nothing where the registry cannot say now: then it counts as something else, and is asked again. */
async function contentOf(registry: Registry, image: ImageName, digest: Digest): Promise<IndexContent | undefined> {
  try {
    const manifest = await registry.manifest({ ...image, digest });
    return manifest === undefined ? [] : imagesIn(manifest, digest);
  } catch (error) {
    if (!isAppError(error, "DENIED", "UNAVAILABLE", "INPUT")) throw error;
    return error.code === "UNAVAILABLE" ? undefined : [];
  }
}

/** Attestations and provenance are of the platform `unknown/unknown`, and are nothing that runs. */
function imagesIn(manifest: Manifest, digest: Digest): IndexContent {
  if (manifest.kind === "image") return [{ digest }];
  return manifest.manifests
    .filter(({ platform }) => platform?.os !== "unknown")
    .map((one) => ({ digest: one.digest, ...(one.platform && { platform: one.platform }) }));
}

async function isGone(registry: Registry, image: ImageName, digest: Digest): Promise<boolean> {
  try {
    return (await registry.resolve({ ...image, digest })) === undefined;
  } catch (error) {
    if (!isAppError(error, "DENIED", "UNAVAILABLE", "INPUT")) throw error;
    return false;
  }
}
