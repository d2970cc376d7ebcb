import type { Digest, Platform } from "../../src/core/reference.ts";
import { type Layer, sha256 } from "./layer.ts";

/** What an image is made of. The same layers for every platform, unless a function tells them apart. */
export interface ImageContents {
  readonly layers: readonly Layer[] | ((platform: Platform) => readonly Layer[]);
  /** The `config` object of the image configuration: `{ Labels, Env, Cmd, … }`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `linux/amd64` when absent. */
  readonly platforms?: readonly Platform[];
  /** On the index and on every manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Pushed {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const EPOCH = "1970-01-01T00:00:00Z";
const AMD64: readonly Platform[] = [{ os: "linux", architecture: "amd64" }];

/** Pushes an image index with these contents and lets the tags name it. The same contents give the same digest. */
export async function pushImage(
  registryUrl: string,
  repository: string,
  tags: readonly string[],
  contents: ImageContents,
): Promise<Digest> {
  const { platforms = AMD64, layers, annotations } = contents;
  const manifests = [];
  for (const platform of platforms) {
    const own = typeof layers === "function" ? layers(platform) : layers;
    manifests.push({ ...(await pushPlatform(registryUrl, repository, platform, own, contents)), platform });
  }
  const index = { schemaVersion: 2, mediaType: INDEX, manifests, ...(annotations && { annotations }) };
  const pushed = await pushManifest(registryUrl, repository, undefined, index);
  for (const tag of tags) await pushManifest(registryUrl, repository, tag, index);
  return pushed.digest;
}

async function pushPlatform(
  registryUrl: string,
  repository: string,
  platform: Platform,
  layers: readonly Layer[],
  { config = {}, annotations }: ImageContents,
): Promise<Pushed> {
  for (const layer of layers) await pushLayer(registryUrl, repository, layer);
  const configuration = Buffer.from(
    JSON.stringify({
      created: EPOCH,
      ...platform,
      config,
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const digest = await pushBlob(registryUrl, repository, configuration);
  return pushManifest(registryUrl, repository, undefined, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, digest, size: configuration.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: LAYER, digest, size })),
    ...(annotations && { annotations }),
  });
}

async function pushLayer(registryUrl: string, repository: string, { digest, blob, from }: Layer): Promise<void> {
  const blobs = `${registryUrl}/v2/${repository}/blobs`;
  const present = await fetch(`${blobs}/${digest}`, { method: "HEAD" });
  if (present.ok) return;
  if (blob !== undefined) return void (await pushBlob(registryUrl, repository, blob));
  if (from === undefined) throw new Error(`${repository} lacks layer ${digest}`);
  const mount = await fetch(`${blobs}/uploads/?${new URLSearchParams({ mount: digest, from })}`, { method: "POST" });
  await mount.body?.cancel();
  if (mount.status === 201) return;
  const source = await expectOk(await fetch(`${registryUrl}/v2/${from}/blobs/${digest}`));
  await pushBlob(registryUrl, repository, await source.bytes());
}

/** Pushes what is no image but stands in a registry like one, as a feature of a devcontainer does: a tag, a blob, and nothing that says of what. */
export async function pushArtifact(
  registryUrl: string,
  repository: string,
  tag: string,
  content: string,
): Promise<Digest> {
  const [empty, blob] = [Buffer.from("{}"), Buffer.from(content)];
  const config = { digest: await pushBlob(registryUrl, repository, empty), size: empty.length };
  const layer = { digest: await pushBlob(registryUrl, repository, blob), size: blob.length };
  const { digest } = await pushManifest(registryUrl, repository, tag, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: "application/vnd.devcontainers", ...config },
    layers: [{ mediaType: "application/vnd.devcontainers.layer.v1+tar", ...layer }],
  });
  return digest;
}

async function pushBlob(registryUrl: string, repository: string, blob: Uint8Array): Promise<Digest> {
  const digest = sha256(blob);
  const opened = await expectOk(await fetch(`${registryUrl}/v2/${repository}/blobs/uploads/`, { method: "POST" }));
  const location = new URL(opened.headers.get("location") ?? "", opened.url);
  location.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  await expectOk(await fetch(location, { method: "PUT", headers, body: Buffer.from(blob) }));
  return digest;
}

/** Pushes a manifest or index under a tag, or under its digest. */
export async function pushManifest(
  registryUrl: string,
  repository: string,
  tag: string | undefined,
  manifest: Readonly<Record<string, unknown>> & { readonly mediaType: string },
): Promise<Pushed> {
  const body = Buffer.from(JSON.stringify(manifest));
  const digest = sha256(body);
  const { mediaType } = manifest;
  const url = `${registryUrl}/v2/${repository}/manifests/${tag ?? digest}`;
  await expectOk(await fetch(url, { method: "PUT", headers: { "content-type": mediaType }, body }));
  return { mediaType, digest, size: body.length };
}

async function expectOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}
