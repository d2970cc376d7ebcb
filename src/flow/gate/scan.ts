import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import type { PinnedImage, Platform } from "../../core/reference.ts";
import type { ScanReport } from "../../core/verdict/finding.ts";
import type { Context } from "../context.ts";

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

/** The scans of an old and a new image, or of several each: by one scanner, with the same advisories. */
export interface ScanPair {
  readonly before: readonly ScanReport[];
  readonly after: readonly ScanReport[];
}

/**
 * Scans old and new with the same advisories. Where these changed between two scans, at midnight say, all are scanned
 * anew; `scan-unavailable` when they changed again meanwhile.
 */
export async function scanBeside(
  context: Context,
  old: readonly PinnedImage[],
  fresh: readonly PinnedImage[],
): Promise<Outcome<ScanPair>> {
  const pair = await scanPair(context, old, fresh, FRESH);
  if (pair.state !== "done" || areComparable(pair.value)) return pair;
  const anew = await scanPair(context, old, fresh, 0);
  if (anew.state !== "done" || areComparable(anew.value)) return anew;
  return {
    state: "failed",
    reason: reason("scan-unavailable", "the advisories changed while old and new were scanned"),
  };
}

async function scanPair(
  context: Context,
  old: readonly PinnedImage[],
  fresh: readonly PinnedImage[],
  maxAge: number,
): Promise<Outcome<ScanPair>> {
  const after = await scanAll(context, fresh, maxAge);
  if (after.state !== "done") return after;
  const before = await scanAll(context, old, maxAge);
  if (before.state !== "done") return before;
  return { state: "done", value: { before: before.value, after: after.value } };
}

async function scanAll(
  context: Context,
  images: readonly PinnedImage[],
  maxAge: number,
): Promise<Outcome<readonly ScanReport[]>> {
  const reports: ScanReport[] = [];
  for (const image of images) {
    const outcome = await scanImage(context, image, maxAge);
    if (outcome.state !== "done") return outcome;
    reports.push(...outcome.value);
  }
  return { state: "done", value: reports };
}

function areComparable({ before, after }: ScanPair): boolean {
  return new Set([...before, ...after].map(({ scanner }) => scanner.database)).size <= 1;
}

async function scanPlatform(context: Context, image: PinnedImage, platform: Platform, maxAge: number) {
  const { scanner, store } = context;
  const now = context.now();
  const known = await store.scans.find(image, platform, scanner.kind, { from: now - maxAge, to: now });
  if (known !== undefined) return { state: "done", value: known } as const;
  const outcome = await scanner.scan(image, platform);
  if (outcome.state === "done") await store.scans.save(outcome.value, context.now());
  return outcome;
}

/**
 * The platforms that an image runs on; attestations, which stand beside them in an index, are none. An entry that names no
 * platform could still be what a node runs, so an index with one has none that may be believed. A manifest that is no index
 * has the one platform that its configuration names.
 */
export async function platformsOf(context: Context, image: PinnedImage): Promise<readonly Platform[] | undefined> {
  const manifest = await context.registry.manifest(image);
  if (manifest === undefined) return undefined;
  if (manifest.kind === "index") {
    const runnable = manifest.manifests.filter(({ artifactType }) => artifactType === undefined);
    if (runnable.some(({ platform }) => platform === undefined)) return [];
    return runnable.flatMap(({ platform }) => (platform && platform.os !== "unknown" ? [platform] : []));
  }
  const config = await context.registry.config(image);
  return config === undefined ? undefined : [config.platform];
}
