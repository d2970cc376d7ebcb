import { AppError } from "../../core/errors.ts";
import { type Digest, type ImageName, isDigest, type PinnedImage, type Platform } from "../../core/reference.ts";
import type { ImageConfig, Manifest } from "../registry.ts";
import { contentStream, discard, readContent } from "./content.ts";
import { unexpected } from "./failure.ts";
import { whenFound } from "./found.ts";

import type { OciLimits } from "./limits.ts";
import { parseConfig, parseManifest } from "./manifest.ts";
import { manifestQuestion } from "./manifest-question.ts";
import { isSamePlatform, selectPlatform } from "./platform.ts";
import type { Answer, Ask, Question } from "./question.ts";

/** The manifest that the digest names, its bytes checked; `undefined` when the registry has it no more. */
export async function readManifest(ask: Ask, image: PinnedImage, limits: OciLimits): Promise<Manifest | undefined> {
  const question = manifestQuestion("GET", image, checkedDigest(image.digest));
  return ask(
    question,
    whenFound(async (answer) => parseManifest(await readContent(answer, image.digest, limits.manifestBytes))),
  );
}

/** The configuration of one platform of an image; `undefined` when it has no such platform. */
export async function readConfig(
  ask: Ask,
  image: PinnedImage,
  platform: Platform,
  limits: OciLimits,
): Promise<ImageConfig | undefined> {
  const manifest = await readPlatform(ask, image, platform, limits);
  if (manifest === undefined) return undefined;
  const { digest } = manifest.config;
  const config = await ask(blobQuestion(image, digest), async (answer) => {
    await mustHave(answer, digest);
    return parseConfig(await readContent(answer, digest, limits.configBytes));
  });
  return isSamePlatform(config.platform, platform) ? config : undefined;
}

/** A blob as it arrives; the stream fails at its end if the bytes are not what the digest names. */
export async function readBlob(
  ask: Ask,
  name: ImageName,
  digest: Digest,
  limits: OciLimits,
): Promise<ReadableStream<Uint8Array>> {
  return ask({ ...blobQuestion(name, digest), deadline: limits.blobDeadline }, async (answer) => {
    await mustHave(answer, digest);
    return contentStream(answer, digest, limits.blobBytes);
  });
}

/** INPUT for a digest that is none: it would end up in a path. */
export function checkedDigest(digest: Digest): Digest {
  if (!isDigest(digest)) throw new AppError("INPUT", "not a sha256 digest");
  return digest;
}

async function readPlatform(ask: Ask, image: PinnedImage, platform: Platform, limits: OciLimits) {
  const top = await readManifest(ask, image, limits);
  if (top?.kind !== "index") return top;
  const entry = selectPlatform(top.manifests, platform);
  const manifest = entry && (await readManifest(ask, { ...image, digest: entry.digest }, limits));
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
