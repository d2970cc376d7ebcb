import { AppError } from "../../core/errors.ts";
import {
  type Digest,
  type ImageName,
  isDigest,
  isSamePlatform,
  type PinnedImage,
  type Platform,
} from "../../core/reference.ts";
import type { ImageConfig, Manifest } from "../registry.ts";
import { contentStream, discard, readContent } from "./content.ts";
import { unexpected } from "./failure.ts";
import { whenFound } from "./found.ts";
import type { OciLimits } from "./limits.ts";
import { parseConfig, parseManifest } from "./manifest.ts";
import { manifestQuestion } from "./manifest-question.ts";
import type { Answer, Ask, Question } from "./question.ts";
import { createRemembered, type Remembered } from "./remembered.ts";

/** Where images are read: from the registry, and what was read of it before from memory. */
export interface Source {
  readonly ask: Ask;
  readonly limits: OciLimits;
  readonly manifests: Remembered<Manifest>;
  readonly configs: Remembered<ImageConfig>;
}

/** A source that remembers nothing yet. */
export function createSource(ask: Ask, limits: OciLimits): Source {
  return { ask, limits, manifests: createRemembered(limits), configs: createRemembered(limits) };
}

/** The manifest that the digest names, its bytes checked; `undefined` when the registry does not have it. */
export async function readManifest(source: Source, image: PinnedImage): Promise<Manifest | undefined> {
  const { ask, limits, manifests } = source;
  const question = manifestQuestion("GET", image, checkedDigest(image.digest));
  const read = whenFound(async (answer) => {
    const bytes = await readContent(answer, image.digest, limits.manifestBytes);
    return { value: parseManifest(bytes), size: bytes.length };
  });
  return manifests(image, image.digest, () => ask(question, read));
}

/**
 * The configuration of one platform of an image, or without one that of an image without an index; `undefined` when there
 * is none such.
 */
export async function readConfig(
  source: Source,
  image: PinnedImage,
  platform?: Platform,
): Promise<ImageConfig | undefined> {
  const manifest = await readPlatform(source, image, platform);
  if (manifest === undefined) return undefined;
  const { digest } = manifest.config;
  const { ask, limits, configs } = source;
  const read = async (answer: Answer) => {
    await mustHave(answer, digest);
    const bytes = await readContent(answer, digest, limits.configBytes);
    return { value: parseConfig(bytes), size: bytes.length };
  };
  const config = await configs(image, digest, () => ask(blobQuestion(image, digest), read));
  const isOther = platform !== undefined && config !== undefined && !isSamePlatform(config.platform, platform);
  return isOther ? undefined : config;
}

/** A blob as it arrives; the stream fails at its end if the bytes are not what the digest names. */
export async function readBlob(
  { ask, limits }: Source,
  name: ImageName,
  digest: Digest,
): Promise<ReadableStream<Uint8Array>> {
  return ask({ ...blobQuestion(name, digest), deadline: limits.blobDeadline }, async (answer) => {
    await mustHave(answer, digest);
    return contentStream(answer, digest, limits.blobBytes);
  });
}

/** INPUT for a digest that is none: it would end up in a path. */
function checkedDigest(digest: Digest): Digest {
  if (!isDigest(digest)) throw new AppError("INPUT", "not a sha256 digest");
  return digest;
}

async function readPlatform(source: Source, image: PinnedImage, platform: Platform | undefined) {
  const top = await readManifest(source, image);
  if (top?.kind !== "index") return top;
  if (platform === undefined) return undefined;
  // Attestations carry `unknown/unknown`, and so are never it.
  const entry = top.manifests.find((one) => one.platform !== undefined && isSamePlatform(one.platform, platform));
  const manifest = entry && (await readManifest(source, { ...image, digest: entry.digest }));
  if (manifest?.kind === "index") throw new AppError("INPUT", "an index stands where a platform's manifest should");
  return manifest;
}

function blobQuestion(name: ImageName, digest: Digest): Question {
  return { name, method: "GET", target: `/v2/${name.repository}/blobs/${checkedDigest(digest)}` };
}

/** A manifest names the blob, so that its absence is a fault of the registry and no answer. */
async function mustHave(answer: Answer, digest: Digest): Promise<void> {
  if (answer.status === 200) return;
  await discard(answer);
  throw answer.status === 404 && !answer.foreign
    ? new AppError("INPUT", `${answer.host} has no blob ${digest}`)
    : unexpected(answer);
}
