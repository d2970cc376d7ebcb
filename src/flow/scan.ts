import type { ScanReport } from "../core/finding.ts";
import type { Outcome } from "../core/outcome.ts";
import { reason } from "../core/reason.ts";
import type { PinnedImage, Platform } from "../core/reference.ts";
import type { Context } from "./context.ts";

/** Platforms of one index that are scanned; an index with more is not something that people build. */
const MOST_PLATFORMS = 16;
/** How old a finished scan may be, in milliseconds, to stand for a new one: advisories are published all day. */
export const FRESH = 3_600_000;

/**
 * Scans every platform of an image, each once while the finished scan is younger than `maxAge` (milliseconds). `done`
 * only when all platforms are: a part of an image is not the image.
 */
export async function scanImage(
  context: Context,
  image: PinnedImage,
  maxAge: number = FRESH,
): Promise<Outcome<readonly ScanReport[]>> {
  const platforms = await platformsOf(context, image);
  if (platforms === undefined) {
    return { state: "failed", reason: reason("digest-not-found", `${image.repository}@${image.digest}`) };
  }
  if (platforms.length === 0 || platforms.length > MOST_PLATFORMS) {
    return { state: "failed", reason: reason("scan-unsupported", `${platforms.length} platforms`) };
  }
  const reports: ScanReport[] = [];
  for (const platform of platforms) {
    const outcome = await scanPlatform(context, image, platform, maxAge);
    if (outcome.state !== "done") return outcome;
    reports.push(outcome.value);
  }
  return { state: "done", value: reports };
}

async function scanPlatform(context: Context, image: PinnedImage, platform: Platform, maxAge: number) {
  const { scanner, store } = context;
  const known = await store.scans.find(image, platform, scanner.kind, context.now() - maxAge);
  if (known !== undefined) return { state: "done", value: known } as const;
  const outcome = await scanner.scan(image, platform);
  if (outcome.state === "done") await store.scans.save(outcome.value, context.now());
  return outcome;
}

/**
 * The platforms that an image runs on; attestations, which stand beside them in an index, are none. An entry that names no
 * platform could still be what a node runs, so an index with one has none that may be believed.
 */
export async function platformsOf(context: Context, image: PinnedImage): Promise<readonly Platform[] | undefined> {
  const manifest = await context.registry.manifest(image);
  if (manifest === undefined) return undefined;
  if (manifest.kind === "index") {
    const runnable = manifest.manifests.filter(({ artifactType }) => artifactType === undefined);
    if (runnable.some(({ platform }) => platform === undefined)) return [];
    return runnable.flatMap(({ platform }) => (platform && platform.os !== "unknown" ? [platform] : []));
  }
  const config = await context.registry.config(image, ANY_PLATFORM);
  return config === undefined ? undefined : [config.platform];
}

/** A manifest that is no index has the one platform that its configuration names. */
const ANY_PLATFORM: Platform = { os: "linux", architecture: "amd64" };
