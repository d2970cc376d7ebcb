import { AppError } from "../../core/errors.ts";
import type { PinnedImage, Platform } from "../../core/reference.ts";
import type { Descriptor, Registry } from "../../registry/registry.ts";
import { type LayerFiles, readLayer } from "./layer.ts";
import { type Distribution, parseOsRelease } from "./os-release.ts";
import { type DistributionPackage, parseApk, parseDpkg } from "./packages.ts";

/** What is installed in one platform of an image. */
export interface Inventory {
  readonly distribution: Distribution;
  readonly packages: readonly DistributionPackage[];
}

const OS_RELEASE = ["etc/os-release", "usr/lib/os-release"];
const DPKG_STATUS = "var/lib/dpkg/status";
/** Distroless images keep one file per package here. */
const DPKG_STATUS_FOLDER = "var/lib/dpkg/status.d/";
const APK_INSTALLED = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];
const MOST_LAYERS = 200;

/** Keeps what single layers hold: images of one base share their layers, and a layer never changes. */
export type LayerCache = Map<string, LayerFiles>;
const MOST_CACHED = 128;

/**
 * Reads the packages of one platform out of the image's layers, pulled by digest. `undefined` when the image has no such
 * platform, no distribution that OSV knows, or no package database: nothing can be said of it.
 */
export async function readInventory(
  registry: Registry,
  image: PinnedImage,
  platform: Platform,
  cache: LayerCache,
): Promise<Inventory | undefined> {
  const layers = await layersOf(registry, image, platform);
  if (layers === undefined) return undefined;
  if (layers.length > MOST_LAYERS) throw new AppError("INPUT", `an image of ${layers.length} layers is not read`);
  let files: ReadonlyMap<string, string> = new Map();
  for (const layer of layers) files = overlay(files, await cachedLayer(registry, image, layer, cache));
  return inventoryOf(files);
}

async function layersOf(
  registry: Registry,
  image: PinnedImage,
  platform: Platform,
): Promise<readonly Descriptor[] | undefined> {
  const manifest = await registry.manifest(image);
  if (manifest === undefined) return undefined;
  if (manifest.kind === "image") return manifest.layers;
  const child = manifest.manifests.find(
    (descriptor) => descriptor.platform && samePlatform(descriptor.platform, platform),
  );
  const inner = child && (await registry.manifest({ ...image, digest: child.digest }));
  return inner?.kind === "image" ? inner.layers : undefined;
}

function samePlatform(one: Platform, other: Platform): boolean {
  return (
    one.os === other.os && one.architecture === other.architecture && (one.variant ?? "") === (other.variant ?? "")
  );
}

async function cachedLayer(
  registry: Registry,
  image: PinnedImage,
  layer: Descriptor,
  cache: LayerCache,
): Promise<LayerFiles> {
  const known = cache.get(layer.digest);
  if (known !== undefined) return known;
  const read = await readLayer(await registry.blob(image, layer.digest), layer, isWanted);
  const oldest = cache.keys().next();
  if (cache.size >= MOST_CACHED && !oldest.done) cache.delete(oldest.value);
  cache.set(layer.digest, read);
  return read;
}

function isWanted(path: string): boolean {
  return (
    OS_RELEASE.includes(path) ||
    APK_INSTALLED.includes(path) ||
    path === DPKG_STATUS ||
    (path.startsWith(DPKG_STATUS_FOLDER) && !path.endsWith(".md5sums"))
  );
}

/** A layer over what is below it, as the OCI image specification says. */
export function overlay(below: ReadonlyMap<string, string>, layer: LayerFiles): ReadonlyMap<string, string> {
  const kept = [...below].filter(([path]) => !isHidden(path, layer));
  return new Map([...kept, ...layer.files]);
}

function isHidden(path: string, { removed, opaque }: LayerFiles): boolean {
  if (removed.has(path)) return true;
  for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
    const directory = path.slice(0, at);
    if (removed.has(directory) || opaque.has(directory)) return true;
    if (at === 0) break;
  }
  return opaque.has("");
}

function inventoryOf(files: ReadonlyMap<string, string>): Inventory | undefined {
  const release = OS_RELEASE.map((path) => files.get(path)).find((text) => text !== undefined);
  const distribution = release === undefined ? undefined : parseOsRelease(release);
  const packages = [...files].flatMap(([path, text]) => parseDatabase(path, text));
  return distribution === undefined || packages.length === 0 ? undefined : { distribution, packages };
}

function parseDatabase(path: string, text: string): readonly DistributionPackage[] {
  if (APK_INSTALLED.includes(path)) return parseApk(text);
  return path === DPKG_STATUS || path.startsWith(DPKG_STATUS_FOLDER) ? parseDpkg(text) : [];
}
