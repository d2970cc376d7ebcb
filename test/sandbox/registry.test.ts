import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readBase } from "../../sandbox/registry/base.ts";
import { pushImage } from "../../sandbox/registry/image.ts";
import { layer, sha256 } from "../../sandbox/registry/layer.ts";
import { type RegistryOptions, type RunningRegistry, startRegistry } from "../../sandbox/registry/server.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const BLOB = new TextEncoder().encode("a blob of a layer");
const DIGEST = sha256(BLOB);

async function stateFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oakum-sandbox-registry-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function running(options: Partial<RegistryOptions> = {}): Promise<RunningRegistry> {
  const registry = await startRegistry({ state: await stateFolder(), ...options });
  onTestFinished(() => registry.close());
  return registry;
}

const call = (
  registry: RunningRegistry,
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) => fetch(new URL(path, registry.url), { method, headers, ...(body !== undefined && { body }) });

const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { errors: [{ code: string }] }).errors[0].code,
];

const tagsOf = async (response: Response) => ((await response.json()) as { tags: readonly string[] }).tags;

describe("blobs", () => {
  test("arrive at once, or as an upload in pieces", async () => {
    const registry = await running();
    const whole = await call(registry, "POST", `/v2/a/blobs/uploads/?digest=${DIGEST}`, BLOB);
    expect([whole.status, whole.headers.get("docker-content-digest")]).toEqual([201, DIGEST]);

    const opened = await call(registry, "POST", "/v2/b/blobs/uploads/");
    expect(opened.status).toBe(202);
    const location = opened.headers.get("location")!;
    const first = await call(registry, "PATCH", location, BLOB.subarray(0, 5), { "content-range": "0-4" });
    expect([first.status, first.headers.get("range")]).toEqual([202, "0-4"]);
    const gap = await call(registry, "PATCH", location, "x", { "content-range": "9-9" });
    expect(await codeOf(gap)).toEqual([416, "BLOB_UPLOAD_INVALID"]);
    expect((await call(registry, "GET", location)).headers.get("range")).toBe("0-4");
    const last = await call(registry, "PUT", `${location}?digest=${DIGEST}`, BLOB.subarray(5));
    expect(last.status).toBe(201);
    expect(await (await call(registry, "GET", `/v2/b/blobs/${DIGEST}`)).text()).toBe("a blob of a layer");
    expect((await call(registry, "GET", location)).status).toBe(404);
  });

  test("other than their digest are refused", async () => {
    const registry = await running();
    const wrong = await call(registry, "POST", `/v2/a/blobs/uploads/?digest=${DIGEST}`, "something else");
    expect(await codeOf(wrong)).toEqual([400, "DIGEST_INVALID"]);
    expect((await call(registry, "HEAD", `/v2/a/blobs/${DIGEST}`)).status).toBe(404);
  });

  test("belong to the repositories they were pushed or mounted to", async () => {
    const registry = await running();
    await call(registry, "POST", `/v2/a/blobs/uploads/?digest=${DIGEST}`, BLOB);
    expect((await call(registry, "HEAD", `/v2/b/blobs/${DIGEST}`)).status).toBe(404);
    expect((await call(registry, "POST", `/v2/b/blobs/uploads/?mount=${DIGEST}&from=a`)).status).toBe(201);
    expect((await call(registry, "HEAD", `/v2/b/blobs/${DIGEST}`)).headers.get("content-length")).toBe(
      String(BLOB.length),
    );
    expect((await call(registry, "POST", `/v2/c/blobs/uploads/?mount=${DIGEST}&from=none`)).status).toBe(202);
  });

  test("an upload can be given up", async () => {
    const registry = await running();
    const location = (await call(registry, "POST", "/v2/a/blobs/uploads/")).headers.get("location")!;
    expect((await call(registry, "DELETE", location)).status).toBe(204);
    expect(await codeOf(await call(registry, "PUT", `${location}?digest=${DIGEST}`, BLOB))).toEqual([
      404,
      "BLOB_UPLOAD_UNKNOWN",
    ]);
  });
});

describe("manifests", () => {
  const TYPE = "application/vnd.oci.image.manifest.v1+json";
  const descriptor = { mediaType: "m", digest: DIGEST, size: BLOB.length };
  const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config: descriptor, layers: [] });

  test.each([
    ["whose contents are missing", "1", TYPE, MANIFEST, [404, "MANIFEST_BLOB_UNKNOWN"]],
    ["that are not JSON", "1", TYPE, "{", [400, "MANIFEST_INVALID"]],
    [
      "of another type than they say",
      "1",
      "application/vnd.oci.image.index.v1+json",
      MANIFEST,
      [400, "MANIFEST_INVALID"],
    ],
    ["of no known type", "1", "text/plain", MANIFEST, [415, "MANIFEST_INVALID"]],
    ["under another digest", DIGEST, TYPE, MANIFEST, [400, "DIGEST_INVALID"]],
    ["under no tag", "-x", TYPE, MANIFEST, [400, "TAG_INVALID"]],
    ["of more than 4 MiB", "1", TYPE, " ".repeat(4 * 1024 * 1024 + 1), [413, "MANIFEST_INVALID"]],
  ])("%s are refused", async (_, reference, type, body, expected) => {
    const registry = await running();
    const response = await call(registry, "PUT", `/v2/a/manifests/${reference}`, body, { "content-type": type });
    expect(await codeOf(response)).toEqual(expected);
  });
});

test.each([
  ["GET", "/v2/", 200],
  ["GET", "/v2", 200],
  ["GET", "/v3/", 404],
  ["GET", "/v2/../../etc/passwd/manifests/1", 404],
  ["GET", "/v2/A/manifests/1", 400],
  ["GET", "/v2/a/blobs/sha256:zz", 400],
  ["GET", "/v2/a/tags/list", 404],
  ["POST", "/v2/a/tags/list", 405],
  ["GET", "/v2/%E0%A4%A/manifests/1", 400],
])("%s %s answers %i", async (method, path, status) => {
  expect((await call(await running(), method, path)).status).toBe(status);
});

test("tags are listed in pages, in lexical order", async () => {
  const registry = await running();
  await pushImage(registry.url, "a", ["c", "a", "b"], { layers: [await layer({ x: "y" })] });
  const first = await call(registry, "GET", "/v2/a/tags/list?n=2");
  expect([await tagsOf(first), first.headers.get("link")]).toEqual([
    ["a", "b"],
    '</v2/a/tags/list?n=2&last=b>; rel="next"',
  ]);
  const second = await call(registry, "GET", "/v2/a/tags/list?n=2&last=b");
  expect([await tagsOf(second), second.headers.get("link")]).toEqual([["c"], null]);
});

test("a tag is withdrawn once, and what it named stays until it is deleted itself", async () => {
  const registry = await running();
  const digest = await pushImage(registry.url, "a", ["1", "2"], { layers: [await layer({ x: "y" })] });
  expect((await call(registry, "DELETE", "/v2/a/manifests/1")).status).toBe(202);
  expect(await codeOf(await call(registry, "GET", "/v2/a/manifests/1"))).toEqual([404, "MANIFEST_UNKNOWN"]);
  expect(await codeOf(await call(registry, "DELETE", "/v2/a/manifests/1"))).toEqual([404, "MANIFEST_UNKNOWN"]);
  expect(await tagsOf(await call(registry, "GET", "/v2/a/tags/list"))).toEqual(["2"]);
  expect((await call(registry, "GET", `/v2/a/manifests/${digest}`)).status).toBe(200);
  expect((await call(registry, "DELETE", `/v2/a/manifests/${digest}`)).status).toBe(202);
  expect(await codeOf(await call(registry, "GET", `/v2/a/manifests/${digest}`))).toEqual([404, "MANIFEST_UNKNOWN"]);
  expect(await codeOf(await call(registry, "GET", "/v2/a/manifests/2"))).toEqual([404, "MANIFEST_UNKNOWN"]);
  expect((await call(registry, "DELETE", `/v2/a/manifests/${digest}`)).status).toBe(404);
});

describe("images", () => {
  test("are the same bytes for the same contents", async () => {
    const [one, two] = await Promise.all([layer({ "b/c": "1", a: "2" }), layer({ a: "2", "b/c": "1" })]);
    expect(one.digest).toBe(two.digest);
    expect((await layer({ a: "2", "b/c": "3" })).digest).not.toBe(one.digest);
    const contents = { layers: [one], platforms: [AMD64, { os: "linux", architecture: "arm64" }] };
    const digests = [
      await pushImage((await running()).url, "a", ["1"], contents),
      await pushImage((await running()).url, "b", ["2"], contents),
    ];
    expect(digests[0]).toBe(digests[1]);
  });

  test("are built on the layers of another repository, which are mounted", async () => {
    const registry = await running();
    const config = { Env: ["PATH=/bin"] };
    const base = await layer({ "etc/os-release": "ID=alpine\n" });
    await pushImage(registry.url, "library/alpine", ["3.20"], { layers: [base], config });
    const found = await readBase(registry.url, "library/alpine", "3.20", AMD64);
    expect(found.config).toEqual(config);
    const app = await layer({ "srv/app.js": "export {};" });
    const digest = await pushImage(registry.url, "team/app", ["1"], {
      layers: [...found.layers, app],
      config: found.config,
    });
    const built = await readBase(registry.url, "team/app", digest, AMD64);
    expect(built.layers.map(({ diffId }) => diffId)).toEqual([base.diffId, app.diffId]);
  });
});

test("what was pushed is there after a new start", async () => {
  const state = await stateFolder();
  const first = await startRegistry({ state });
  const digest = await pushImage(first.url, "a", ["1"], { layers: [await layer({ x: "y" })] });
  await first.close();
  const second = await running({ state });
  expect((await call(second, "HEAD", "/v2/a/manifests/1")).headers.get("docker-content-digest")).toBe(digest);
});

test("pushes are told in order, again until they are taken", async () => {
  const told: { target: { tag?: string; repository: string }; action: string }[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let refusals = 2;
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString("utf8");
    refusals -= 1;
    if (refusals >= 0) {
      response.writeHead(503).end();
      return;
    }
    expect(request.headers.authorization).toBe("Bearer secret");
    expect(request.headers["content-type"]).toBe("application/vnd.docker.distribution.events.v1+json");
    told.push(...JSON.parse(body).events);
    response.writeHead(200).end();
    if (told.at(-1)?.target.tag === "2") resolve();
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  onTestFinished(() => void receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const registry = await running({ notify: { url, headers: { authorization: "Bearer secret" } } });
  await pushImage(registry.url, "team/app", ["1", "2"], { layers: [await layer({ x: "y" })] });
  await all;
  expect(told.map(({ action, target }) => [action, target.repository, target.tag])).toEqual([
    ...Array.from({ length: 4 }, () => ["push", "team/app", undefined]),
    ["push", "team/app", "1"],
    ["push", "team/app", "2"],
  ]);
});
