import { pushImage, pushManifest } from "../../sandbox/registry/image.ts";
import { type Layer, layer, sha256 } from "../../sandbox/registry/layer.ts";
import type { Digest, Platform } from "../../src/core/reference.ts";

export const AMD64: Platform = { os: "linux", architecture: "amd64" };
export const ARM64: Platform = { os: "linux", architecture: "arm64", variant: "v8" };

/** What the contract suite expects to find. */
export interface Seed {
  /** `team/app:1.2` and `:latest`: an index of two platforms. */
  readonly index: Digest;
  /** `team/app:docker`: a Docker manifest list. */
  readonly list: Digest;
  /** `team/app:single`: an image manifest without an index. */
  readonly single: Digest;
  /** `team/app:bare`: an index without `mediaType`, pretty-printed. */
  readonly bare: Digest;
  readonly layers: readonly Layer[];
}

const APP = "team/app";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest";

export const MANY_TAGS = Array.from({ length: 25 }, (_, number) => `v1.${String(number).padStart(2, "0")}`);

/** Pushes the suite's images to a registry that is open to everyone. */
export async function seed(url: string): Promise<Seed> {
  const base = await layer({ "etc/os-release": "ID=alpine\n" });
  const app = await layer({ "srv/app.js": "export {};\n".repeat(5_000) });
  const layers = [base, app];
  const config = { Labels: { "org.opencontainers.image.source": "https://github.com/acme/app" } };
  const contents = {
    layers,
    config,
    platforms: [AMD64, ARM64],
    annotations: { "org.opencontainers.image.version": "1.2" },
  };
  const index = await pushImage(url, APP, ["1.2", "latest"], contents);
  const { manifests } = (await (
    await fetch(`${url}/v2/${APP}/manifests/${index}`, { headers: { accept: INDEX_TYPE } })
  ).json()) as {
    manifests: readonly { digest: Digest; size: number; mediaType: string }[];
  };
  const [first] = manifests;
  const { body, type } = await get(url, `${APP}/manifests/${first!.digest}`, first!.mediaType);
  await put(url, `${APP}/manifests/single`, type, body);
  const bare = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: manifests.slice(0, 1) }, null, 3));
  await put(url, `${APP}/manifests/bare`, INDEX_TYPE, bare);
  await pushImage(url, "team/tags", MANY_TAGS, { layers: [base] });
  return {
    index,
    list: await seedDockerList(url, body),
    single: sha256(body),
    bare: sha256(bare),
    layers,
  };
}

async function seedDockerList(url: string, manifest: Buffer): Promise<Digest> {
  const { config, layers } = JSON.parse(manifest.toString("utf8"));
  const image = await pushManifest(url, APP, undefined, {
    schemaVersion: 2,
    mediaType: `${DOCKER}.v2+json`,
    config: { ...config, mediaType: "application/vnd.docker.container.image.v1+json" },
    layers: layers.map((one: object) => ({ ...one, mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip" })),
  });
  const mediaType = `${DOCKER}.list.v2+json`;
  const list = { schemaVersion: 2, mediaType, manifests: [{ ...image, platform: AMD64 }] };
  return (await pushManifest(url, APP, "docker", list)).digest;
}

async function get(url: string, path: string, accept: string): Promise<{ body: Buffer; type: string }> {
  const response = await fetch(`${url}/v2/${path}`, { headers: { accept } });
  return { body: Buffer.from(await response.bytes()), type: response.headers.get("content-type")! };
}

async function put(url: string, path: string, type: string, body: Buffer): Promise<void> {
  const response = await fetch(`${url}/v2/${path}`, {
    method: "PUT",
    headers: { "content-type": type },
    body: Uint8Array.from(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}
