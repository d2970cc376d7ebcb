import { expect, test } from "vitest";
import { sha256 } from "../../sandbox/registry/layer.ts";
import type { Digest } from "../../src/core/reference.ts";
import { loopbackClient } from "./client.ts";
import { against, INDEX_DIGEST, REPOSITORY, type Script, serveIndex, serveStatus } from "./scripted-registry.ts";

const GET = `GET /v2/${REPOSITORY}/manifests/${INDEX_DIGEST}`;
const AMD64 = { os: "linux", architecture: "amd64" };

test("a manifest is asked for once, however many want it at once and later", async () => {
  const { client, server, pinned } = await against((_, response) => serveIndex(response));
  await Promise.all(Array.from({ length: 10 }, () => client.manifest(pinned)));
  expect(await client.manifest(pinned)).toEqual({ kind: "index", manifests: [] });
  expect(server.requests).toEqual([GET]);
});

test("so are an image and its configuration", async () => {
  const { client, server, pinned, image } = await againstImage();
  const config = await client.config(pinned, AMD64);
  expect(config).toMatchObject({ platform: AMD64 });
  expect(await client.config(pinned, AMD64)).toBe(config);
  expect(await client.manifest(pinned)).toMatchObject({ kind: "image" });
  expect(server.requests).toEqual([image, expect.stringContaining("/blobs/")]);
});

test("nothing is remembered that is not there, not what was asked for, or not to be had now", async () => {
  const answers: readonly Script[] = [
    (_, response) => serveStatus(response, 404),
    (_, response) => response.end("something else"),
    (_, response) => serveStatus(response, 403),
    (_, response) => serveIndex(response),
  ];
  const { client, server, pinned } = await against((request, response, registry) =>
    answers[registry.requests.length - 1]?.(request, response, registry),
  );
  expect(await client.manifest(pinned)).toBeUndefined();
  await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT" });
  await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "DENIED" });
  expect(await client.manifest(pinned)).toBeDefined();
  expect(await client.manifest(pinned)).toBeDefined();
  expect(server.requests).toHaveLength(4);
});

test("what is under another name is asked for there, and so is what another login's client has read", async () => {
  const { client, server, pinned } = await against((_, response) => serveIndex(response));
  await client.manifest(pinned);
  await client.manifest({ ...pinned, repository: "other/app" });
  const stranger = loopbackClient();
  await stranger.manifest(pinned).finally(() => stranger.close());
  expect(server.requests).toEqual([GET, GET.replace(REPOSITORY, "other/app"), GET]);
});

test("what was not used for longest is forgotten first", async () => {
  const { client, server, pinned } = await against((_, response) => serveIndex(response), {
    limits: { cachedEntries: 2 },
  });
  const read = (repository: string) => client.manifest({ ...pinned, repository });
  for (const repository of ["a", "b", "a", "c", "a", "b"]) await read(repository);
  expect(server.requests.map((line) => line.split("/")[2])).toEqual(["a", "b", "c", "b"]);
});

test("a quota that is used up ends pulls only; any other limit ends all", async () => {
  let now = 0;
  let limited = (request: { method?: string | undefined; url?: string | undefined }) =>
    request.method === "GET" && request.url?.includes("/manifests/") === true;
  const script: Script = (request, response) =>
    limited(request) ? serveStatus(response, 429, { "retry-after": "600" }) : serveIndex(response);
  const { client, server, name, tagged, pinned } = await against(script, { now: () => now });
  await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: 600 });
  await expect(client.manifest({ ...pinned, repository: "b" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(server.requests).toEqual([GET]);
  expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
  expect(await Array.fromAsync(client.tags(name))).toEqual([]);
  expect(server.requests).toHaveLength(3);

  limited = () => true;
  await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: 600 });
  now += 599_000;
  await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: 1 });
  await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: 1 });
  expect(server.requests).toHaveLength(4);

  now += 1_000;
  limited = () => false;
  expect(await client.manifest(pinned)).toBeDefined();
});

async function againstImage() {
  const config = Buffer.from(JSON.stringify(AMD64));
  const descriptor = (bytes: Buffer) => ({ mediaType: "m", digest: sha256(bytes), size: bytes.length });
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config: descriptor(config), layers: [] }));
  const digest: Digest = sha256(manifest);
  const place = await against((request, response) =>
    response.end(request.url?.includes("/blobs/") ? config : manifest),
  );
  const image = `GET /v2/${REPOSITORY}/manifests/${digest}`;
  return { ...place, pinned: { ...place.pinned, digest }, image };
}
