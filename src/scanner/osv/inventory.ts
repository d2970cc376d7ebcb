import { AppError } from "../../core/errors.ts";
import { isSamePlatform, type PinnedImage, type Platform } from "../../core/reference.ts";
import type { Descriptor, Registry } from "../../registry/registry.ts";
import { type LayerFiles, readLayer, type Wanted } from "./layer.ts";
import type { LayerCache } from "./layer-cache.ts";
import { type Distribution, parseOsRelease } from "./os-release.ts";
import { type DistributionPackage, MOST_PACKAGES, parseApk, parseDpkg } from "./packages.ts";

/** What is installed in one platform of an image. */
export interface Inventory {
  readonly distribution: Distribution;
  /** Each once. */
  readonly packages: readonly DistributionPackage[];
}

const OS_RELEASE = ["etc/os-release", "usr/lib/os-release"];
const DPKG_STATUS = "var/lib/dpkg/status";
/** Distroless images keep one file per package here. */
const DPKG_STATUS_FOLDER = "var/lib/dpkg/status.d";
const APK_INSTALLED = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];
const ABOVE = new Set(
  [...OS_RELEASE, DPKG_STATUS, `${DPKG_STATUS_FOLDER}/name`, ...APK_INSTALLED].flatMap((path) =>
    path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/")),
  ),
);
const MOST_LAYERS = 200;
/** UTF-16 units of all databases together: each layer has its own limit, and an image has many layers. */
const MOST_TEXT = 64 * 1024 ** 2;
/** Distroless images have one for each package; every layer above looks through them. */
const MOST_FILES = 5_000;

const WANTED: Wanted = {
  isFile: (path) => OS_RELEASE.includes(path) || isDpkg(path) || APK_INSTALLED.includes(path),
  isAbove: (path) => ABOVE.has(path),
};

function isDpkg(path: string): boolean {
  return path === DPKG_STATUS || (path.startsWith(`${DPKG_STATUS_FOLDER}/`) && !path.endsWith(".md5sums"));
}

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
  for (const layer of layers) {
    files = overlay(files, await cachedLayer(registry, image, layer, cache));
    const length = [...files].reduce((sum, [path, text]) => sum + path.length + text.length, 0);
    if (length > MOST_TEXT || files.size > MOST_FILES)
      throw new AppError("INPUT", "the image's package databases are larger than is read");
  }
  return inventoryOf(files);
}

async function layersOf(
  registry: Registry,
  image: PinnedImage,
  platform: Platform,
): Promise<readonly Descriptor[] | undefined> {
  const manifest = await registry.manifest(image);
  if (manifest?.kind === "image") {
    return (await registry.config(image, platform)) === undefined ? undefined : manifest.layers;
  }
  const child = manifest?.manifests.find((one) => one.platform && isSamePlatform(one.platform, platform));
  const inner = child && (await registry.manifest({ ...image, digest: child.digest }));
  return inner?.kind === "image" ? inner.layers : undefined;
}

async function cachedLayer(
  registry: Registry,
  image: PinnedImage,
  layer: Descriptor,
  cache: LayerCache,
): Promise<LayerFiles> {
  const known = cache.get(layer.digest);
  if (known !== undefined) return known;
  const read = await readLayer(await registry.blob(image, layer.digest), layer, WANTED);
  cache.set(layer.digest, read);
  return read;
}

/** A layer over what is below it, as the OCI image specification says. */
function overlay(below: ReadonlyMap<string, string>, layer: LayerFiles): ReadonlyMap<string, string> {
  const kept = [...below].filter(([path]) => !isHidden(path, layer));
  return new Map([...kept, ...layer.files]);
}

function isHidden(path: string, { removed, opaque }: LayerFiles): boolean {
  const above = path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"));
  return removed.has(path) || above.some((folder) => removed.has(folder) || opaque.has(folder));
}

function inventoryOf(files: ReadonlyMap<string, string>): Inventory | undefined {
  const release = OS_RELEASE.map((path) => files.get(path)).find((text) => text !== undefined);
  const distribution = release === undefined ? undefined : parseOsRelease(release);
  const found = [...files].flatMap(([path, text]) => parseDatabase(path, text));
  if (found.length > MOST_PACKAGES) throw new AppError("INPUT", "an image of more packages than are read");
  const packages = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  return distribution === undefined || packages.length === 0 ? undefined : { distribution, packages };
}

function parseDatabase(path: string, text: string): readonly DistributionPackage[] {
  if (APK_INSTALLED.includes(path)) return parseApk(text);
  return isDpkg(path) ? parseDpkg(text) : [];
}
