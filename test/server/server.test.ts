import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import type { PushHook } from "../../src/registry/registry.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { createRoutes } from "../../src/server/routes.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import { signatureVerifier } from "../../src/server/webhook-signature.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshStore } from "../store/database.ts";

const SECRET = "a secret of the test";
const silent = pino({ level: "silent" });
const repository = { id: 11, default_branch: "main", owner: { id: 1, login: "acme" } };
const push = JSON.stringify({ ref: "refs/heads/main", installation: { id: 7 }, repository });
const node = { registry: "docker.io", repository: "library/node" };

/** Speaks JSON, and knows its sender by a header. */
const hook: PushHook = {
  kind: "distribution",
  parse: (headers, body) => {
    if (headers.get("authorization") !== "Bearer right") throw new AppError("DENIED", "wrong secret: hush");
    try {
      return JSON.parse(new TextDecoder().decode(body));
    } catch (cause) {
      throw new AppError("INPUT", "not JSON", { cause });
    }
  },
};

let store: OpenStore;
let parts: Parameters<typeof createServer>[0];
let server: Server;
let url: string;

beforeAll(async () => {
  store = await freshStore();
  parts = {
    verify: signatureVerifier(SECRET),
    events: { host: "github.com", app: 99, accepts: ({ login }) => login === "acme" },
    hooks: new Map([["hub", hook]]),
    ...{ store, metrics: createMetrics(store), log: silent, now: Date.now },
  };
  server = createServer(parts);
  ({ url } = await server.listen(0));
});
afterAll(async () => {
  await server.close();
  await store.close();
});

function sign(body: string, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

function deliver(body: string, headers: Record<string, string> = {}): Promise<Response> {
  const id = { "x-github-delivery": crypto.randomUUID(), "x-github-event": "push", "x-hub-signature-256": sign(body) };
  return fetch(`${url}/api/github/webhooks`, { method: "POST", body, headers: { ...id, ...headers } });
}

/** Takes what is queued, so that the next test starts from nothing. */
async function takeQueued(): Promise<number> {
  const counts = await store.queue.counts();
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const all = Promise.withResolvers<void>();
  if (total === 0) return 0;
  let left = total;
  const worker = await store.queue.work(4, async () => {
    left -= 1;
    if (left === 0) all.resolve();
    return { state: "finished" };
  });
  await all.promise;
  await worker.stop();
  return total;
}

/** A request as only node:http sends it: any Host, any length, a body that never ends. */
async function raw(
  options: { path: string; method?: string; headers: Record<string, string> },
  body: Iterable<Buffer> = [],
) {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, ...options });
  sent.on("error", () => {});
  const answered = once(sent, "response");
  for (const chunk of body) {
    if (sent.destroyed || !sent.write(chunk)) await Promise.race([once(sent, "drain"), answered]);
  }
  if (options.method === undefined) sent.end();
  const [response] = await answered;
  sent.destroy();
  return response.statusCode as number;
}

describe("GitHub's webhooks", () => {
  test("a signed push is answered 202 and queues the repository", async () => {
    const response = await deliver(push);
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ jobs: 1 });
    expect(await store.queue.counts()).toEqual([{ kind: "repo", state: "due", count: 1 }]);
    await takeQueued();
  });

  test.each([
    ["a forged signature", sign(push, "development")],
    ["another body's signature", sign(`${push} `)],
    ["a cut signature", sign(push).slice(0, -1)],
    ["no digest", "sha256="],
    ["SHA-1", `sha1=${createHmac("sha1", SECRET).update(push).digest("hex")}`],
    ["nothing", ""],
  ])("%s is refused", async (_, signature) => {
    expect((await deliver(push, { "x-hub-signature-256": signature })).status).toBe(401);
    expect(await store.queue.counts()).toEqual([]);
  });

  test("what is not signed is not parsed, and what is signed but broken is refused", async () => {
    expect((await deliver("{", { "x-hub-signature-256": sign("[") })).status).toBe(401);
    expect((await deliver("{")).status).toBe(400);
    expect((await deliver("{}")).status).toBe(400);
    expect((await deliver("")).status).toBe(401);
  });

  test("a delivery that comes again queues nothing", async () => {
    const delivery = { "x-github-delivery": "3f2c1d00-0000-4000-8000-000000000001" };
    expect(await (await deliver(push, delivery)).json()).toEqual({ jobs: 1 });
    await takeQueued();
    const again = await deliver(push, delivery);
    expect(again.status).toBe(202);
    expect(await again.json()).toEqual({ jobs: 0 });
    expect(await store.queue.counts()).toEqual([]);
  });

  test("an event that means nothing to us, and one of a foreign account, are answered and forgotten", async () => {
    expect((await deliver(push, { "x-github-event": "star" })).status).toBe(202);
    const foreign = JSON.stringify({
      ...JSON.parse(push),
      repository: { ...repository, owner: { id: 2, login: "evil" } },
    });
    expect((await deliver(foreign)).status).toBe(202);
    expect(await store.queue.counts()).toEqual([]);
  });

  test("a body above 25 MB is refused, by what it says and by what it sends", async () => {
    const headers = { "x-github-delivery": "a", "x-github-event": "push", "x-hub-signature-256": "sha256=0" };
    const path = "/api/github/webhooks";
    const declared = { ...headers, "content-length": String(25 * 1024 * 1024 + 1) };
    expect(await raw({ path, method: "POST", headers: declared }, [Buffer.alloc(1)])).toBe(413);
    const mebibyte = Buffer.alloc(1024 * 1024);
    const endless = Array.from({ length: 27 }, () => mebibyte);
    expect(await raw({ path, method: "POST", headers }, endless)).toBe(413);
  });

  test("nothing is verified without a secret", () => {
    for (const secret of [undefined, ""])
      expect(() => signatureVerifier(secret)).toThrow(expect.objectContaining({ code: "INPUT" }));
  });
});

describe("registries' push notifications", () => {
  const notify = (body: string, secret = "right", name = "hub") =>
    fetch(`${url}/api/registry/${name}`, { method: "POST", body, headers: { authorization: `Bearer ${secret}` } });

  test("queue the images that something uses, and no others", async () => {
    const id = { host: "github.com", installation: 7, repository: 11 };
    const named = { owner: "acme", name: "app", defaultBranch: "main", private: false, archived: false };
    await store.index.saveRepository({ ...id, ...named });
    const use = { image: node, tag: "22", path: "Dockerfile", line: 1, text: "node:22", state: "current" } as const;
    await store.index.saveUses(id, "1".repeat(40), [use]);
    const other = { registry: "docker.io", repository: "library/ruby", tag: "3" };
    const response = await notify(JSON.stringify([{ ...node, tag: "22" }, { ...node, tag: "20" }, other]));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ jobs: 1 });
    expect(await store.queue.counts()).toEqual([{ kind: "image", state: "due", count: 1 }]);
    await takeQueued();
  });

  test("are refused without the secret, without a form, for an unknown name, and above 1 MiB", async () => {
    const denied = await notify("[]", "wrong");
    expect(denied.status).toBe(401);
    expect(await denied.text()).not.toContain("hush");
    expect((await notify("{")).status).toBe(400);
    expect((await notify("[]", "right", "nobody")).status).toBe(404);
    expect((await notify("x".repeat(1024 * 1024 + 1))).status).toBe(413);
  });
});

describe("the operator's side", () => {
  test("is alive at once, and ready when told so", async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    server.ready();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("counts what came, under labels that nobody else chose", async () => {
    await deliver(push, { "x-github-event": "evil_event", "x-github-delivery": "x" });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('oakum_webhooks_total{event="other",result="ignored"}');
    expect(metrics).toContain('oakum_webhooks_total{event="unknown",result="refused"}');
    expect(metrics).not.toMatch(/evil|acme|library/);
  });

  test("is not shown to a page of somebody else's", async () => {
    const withHost = (host: string) => raw({ path: "/", headers: { host } });
    for (const host of ["oakum.example", "evil.example:80", "localhost.evil.example"])
      expect(await withHost(host)).toBe(421);
    for (const host of ["localhost:1", "127.0.0.1", "[::1]:80"]) expect(await withHost(host)).toBe(200);
  });

  test.each(["/", "/page.css", "/icon.svg", "/search", "/ledger", "/metrics", "/api/uses", "/api/ledger"])(
    "%s is shown on this machine alone, whatever name is asked for",
    async (path) => {
      expect(await raw({ path, headers: { host: "localhost" } })).toBe(200);
      expect(await raw({ path, headers: { host: "evil.example" } })).toBe(421);
      for (const proxied of ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"])
        expect(await raw({ path, headers: { host: "localhost", [proxied]: "203.0.113.9" } })).toBe(403);
      const routes = createRoutes({ ...parts, isReady: () => true });
      const from = (remoteAddress: string, host: string) =>
        routes.request(path, { headers: { host } }, { incoming: { socket: { remoteAddress } } });
      for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
        expect((await from(address, "localhost")).status).toBe(200);
      for (const address of ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "2001:db8::1", ""])
        expect((await from(address, "localhost")).status).toBe(403);
      expect((await from("127.0.0.1", "oakum.example")).status).toBe(421);
    },
  );

  test("the page takes nothing from elsewhere, and is in no frame", async () => {
    const { headers } = await fetch(url);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test.each(["Infinity", "1e400", "-1", "1.5", "x", ""])("the ledger after %s is all of it", async (after) => {
    const response = await fetch(`${url}/api/ledger?after=${after}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([]);
  });

  test("an unknown address is a plain 404", async () => {
    expect((await fetch(`${url}/api/github/webhooks`)).status).toBe(404);
  });
});

test("stopping ends the request under way, and accepts no other", async () => {
  const release = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  const slow: PushHook = { kind: "slow", parse: () => [{ ...node, tag: "22" }] };
  const held: OpenStore = {
    ...store,
    transaction: async (work) => {
      waiting.resolve();
      await release.promise;
      return store.transaction(work);
    },
  };
  const stopping = createServer({
    verify: async () => false,
    events: { host: "github.com", app: 99, accepts: () => true },
    hooks: new Map([["slow", slow]]),
    ...{ store: held, metrics: createMetrics(store), log: silent, now: Date.now },
  });
  const own = (await stopping.listen(0)).url;
  const answer = fetch(`${own}/api/registry/slow`, { method: "POST", body: "x" });
  await waiting.promise;
  const closed = stopping.close();
  await expect(fetch(`${own}/healthz`)).rejects.toThrow();
  release.resolve();
  expect((await answer).status).toBe(202);
  await closed;
  await takeQueued();
});
