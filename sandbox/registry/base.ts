import { z } from "zod";
import { type Digest, isDigest, type Platform } from "../../src/core/reference.ts";
import type { Layer } from "./layer.ts";

const digest = z.custom<Digest>((text) => isDigest(String(text)));
const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const index = z.object({ manifests: z.array(z.object({ digest, platform })) });
const manifest = z.object({ config: z.object({ digest }), layers: z.array(z.object({ digest, size: z.int() })) });
const config = z.object({
  config: z.record(z.string(), z.unknown()).optional(),
  rootfs: z.object({ diff_ids: z.array(digest) }),
});

/** An image that others are built on. */
export interface BaseImage {
  /** To be mounted from the base's repository. */
  readonly layers: readonly Layer[];
  readonly config: Readonly<Record<string, unknown>>;
}

/** Reads one platform of an image index, by tag or digest, so that `pushImage` can build on its layers. */
export async function readBase(
  registryUrl: string,
  repository: string,
  reference: string,
  wanted: Platform,
): Promise<BaseImage> {
  const root = `${registryUrl}/v2/${repository}`;
  const { manifests } = index.parse(await getJson(`${root}/manifests/${reference}`));
  const entry = manifests.find(
    ({ platform }) => platform.os === wanted.os && platform.architecture === wanted.architecture,
  );
  if (entry === undefined) throw new Error(`${repository}:${reference} has no ${wanted.os}/${wanted.architecture}`);
  const image = manifest.parse(await getJson(`${root}/manifests/${entry.digest}`));
  const configuration = config.parse(await getJson(`${root}/blobs/${image.config.digest}`));
  const layers = image.layers.map(({ digest, size }, at) => {
    const diffId = configuration.rootfs.diff_ids[at];
    if (diffId === undefined) throw new Error(`${repository}:${reference} has more layers than diff ids`);
    return { digest, size, diffId, from: repository };
  });
  return { layers, config: configuration.config ?? {} };
}

async function getJson(url: string): Promise<unknown> {
  const accept =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/json";
  const response = await fetch(url, { headers: { accept } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
