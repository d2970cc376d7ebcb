import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import {
  against,
  INDEX,
  INDEX_DIGEST,
  REPOSITORY,
  type Script,
  serveIndex,
  serveJson,
  serveStatus,
} from "./scripted-registry.ts";

const MANIFEST = `/v2/${REPOSITORY}/manifests`;

describe("digests", () => {
  test("a HEAD is enough where it tells the digest", async () => {
    const { client, server, tagged } = await against((_, response) => serveIndex(response));
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(server.requests).toEqual([`HEAD ${MANIFEST}/1`]);
  });

  test.each([
    ["that tells no digest", 200],
    ["that is not allowed", 405],
  ])("the body is hashed after a HEAD %s", async (_, status) => {
    const { client, tagged } = await against((request, response) =>
      request.method === "HEAD" ? serveStatus(response, status) : response.writeHead(200).end(INDEX),
    );
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
  });

  test("a page that is no manifest has no digest", async () => {
    const { client, tagged } = await against((_, response) =>
      response.writeHead(200).end("<html>please log in</html>"),
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a body other than the digest names is refused", async () => {
    const { client, pinned } = await against((_, response) => {
      response.writeHead(200, { "docker-content-digest": INDEX_DIGEST }).end(`${INDEX} `);
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT" });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await expect(new Response(blob).bytes()).rejects.toMatchObject({ code: "INPUT" });
  });

  test("another digest than the one asked for is refused", async () => {
    const { client, name } = await against((_, response) => serveIndex(response));
    const digest = `sha256:${"0".repeat(64)}` as const;
    await expect(client.resolve({ ...name, digest })).rejects.toMatchObject({ code: "INPUT" });
  });

  test.each(["v1+json", "v1+prettyjws"])("schema 1 is refused: %s", async (version) => {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 1, name: "x", fsLayers: [] }));
    const { client, tagged } = await against((_, response) => {
      response.writeHead(200, { "content-type": `application/vnd.docker.distribution.manifest.${version}` }).end(body);
    });
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT", message: /schema 1/ });
  });

  test("schema 1 is refused by its content too", async () => {
    const { client, tagged } = await against((_, response) => serveJson(response, { schemaVersion: 1, fsLayers: [] }));
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT", message: /schema 1/ });
  });
});

describe("sizes", () => {
  test("a manifest of 256 MB is not read to its end", async () => {
    const chunk = Buffer.alloc(1024 * 1024, " ");
    let sent = 0;
    const { client, pinned } = await against((_, response) => {
      const more = () => {
        while (sent < 256 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return response.once("drain", more);
        }
        return response.end();
      };
      response.writeHead(200);
      more();
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT", message: /more than 4194304 bytes/ });
    expect(sent).toBeLessThan(64);
  });

  test("a manifest that announces too much is not read at all", async () => {
    const { client, pinned } = await against((_, response) => {
      response.writeHead(200, { "content-length": 256 * 1024 * 1024 }).write(" ");
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a blob ends at its cap", async () => {
    const { client, pinned } = await against((_, response) => response.writeHead(200).end(INDEX), {
      limits: { blobBytes: 10 },
    });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await expect(new Response(blob).bytes()).rejects.toMatchObject({ code: "INPUT" });
  });
});

describe("time", () => {
  const stalledHeaders: Script = () => undefined;
  const stalledBody: Script = (_, response) => response.writeHead(200, { "content-length": 100 }).write("{");
  const slowly: Script = (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 5);
    response.once("close", () => clearInterval(timer));
  };

  test.each([
    ["headers", stalledHeaders, { headersTimeout: 30 }],
    ["a body", stalledBody, { bodyTimeout: 30 }],
    ["headers, by the deadline", stalledHeaders, { deadline: 50 }],
    ["a body that drips, by the deadline", slowly, { deadline: 50 }],
  ])("does not wait for ever for %s", async (_, script, limits) => {
    const { client, pinned } = await against(script, { limits: { ...limits, retries: 0 } });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("a stalled blob fails its stream", async () => {
    const { client, pinned } = await against(stalledBody, { limits: { bodyTimeout: 30 } });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await expect(new Response(blob).bytes()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("failures that pass", () => {
  test("a 5xx and a broken connection are asked again, with growing pauses", async () => {
    const pauses: number[] = [];
    const { client, server, tagged } = await against(
      (request, response, { requests }) => {
        if (requests.length === 1) serveStatus(response, 500);
        else if (requests.length === 2) request.socket.destroy();
        else serveIndex(response);
      },
      { sleep: async (milliseconds) => void pauses.push(milliseconds), random: () => 0.5 },
    );
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(server.requests).toHaveLength(3);
    expect(pauses).toEqual([187.5, 375]);
  });

  test("a 5xx that stays is UNAVAILABLE, never 'no such tag'", async () => {
    const { client, server, tagged } = await against((_, response) => serveStatus(response, 502));
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: undefined });
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    [429, "17", 17],
    [503, "120", 120],
    [429, undefined, 60],
    [429, new Date(Date.UTC(2026, 0, 1, 0, 0, 30)).toUTCString(), 30],
  ])("%i with Retry-After %s is obeyed by every question to that registry", async (status, header, seconds) => {
    let now = Date.UTC(2026, 0, 1);
    const { client, server, tagged } = await against(
      (_, response, { requests }) =>
        requests.length === 1
          ? serveStatus(response, status, header ? { "retry-after": header } : {})
          : serveIndex(response),
      { now: () => now },
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: seconds });
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: seconds });
    expect(server.requests).toHaveLength(1);
    now += seconds * 1_000;
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
  });

  test("a registry that keeps failing is left alone for a while", async () => {
    let now = 0;
    const { client, server, tagged } = await against((_, response) => serveStatus(response, 500), {
      now: () => now,
      limits: { retries: 0, breakerThreshold: 3, breakerPause: 10_000 },
    });
    for (let asked = 0; asked < 5; asked += 1) await client.resolve(tagged).catch(() => undefined);
    expect(server.requests).toHaveLength(3);
    now += 10_000;
    await client.resolve(tagged).catch(() => undefined);
    expect(server.requests).toHaveLength(4);
  });

  test("no more questions at once than the limit", async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const { client, tagged } = await against(
      (_, response) => {
        held.push(response);
        // Time for a fourth to arrive, if there were one.
        if (held.length === 3) setTimeout(() => held.splice(0).forEach(serveIndex), 10);
        most = Math.max(most, held.length);
      },
      { limits: { concurrency: 3 } },
    );
    await Promise.all(Array.from({ length: 30 }, () => client.resolve(tagged)));
    expect(most).toBe(3);
  });
});

describe("pages", () => {
  const page =
    (tags: readonly string[], next?: string): Script =>
    (_, response) =>
      serveJson(response, { name: REPOSITORY, tags }, next === undefined ? {} : { link: `<${next}>; rel="next"` });

  test("are followed, and a tag that appears twice is told once", async () => {
    const { client, name, server } = await against((request, response, registry) => {
      const last = new URL(request.url ?? "", registry.url).searchParams.get("last");
      const script = last === null ? page(["a", "b", "not a tag"], "?n=2&last=b") : page(["b", "c"]);
      script(request, response, registry);
    });
    expect(await Array.fromAsync(client.tags(name))).toEqual(["a", "b", "c"]);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ["lead to another origin", () => "http://127.0.0.1:1/v2/team/app/tags/list", {}],
    ["repeat", () => "/v2/team/app/tags/list?last=a", {}],
    ["do not end", (number: number) => `?last=${number}`, { tagPages: 5 }],
  ])("that %s are an error, not the end", async (_, next, limits) => {
    const { client, name, server } = await against(
      (request, response, registry) => page(["a"], next(registry.requests.length))(request, response, registry),
      { limits },
    );
    await expect(Array.fromAsync(client.tags(name))).rejects.toMatchObject({ code: "INPUT" });
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  test("with more tags than the limit are an error", async () => {
    const { client, name } = await against(page(["a", "b", "c"]), { limits: { tags: 2 } });
    await expect(Array.fromAsync(client.tags(name))).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a repository whose tags are all gone has none", async () => {
    const { client, name } = await against((_, response) => serveJson(response, { name: REPOSITORY, tags: null }));
    expect(await Array.fromAsync(client.tags(name))).toEqual([]);
  });
});

describe("the port", () => {
  test("asks nobody about hosts that are not allowed or that only look like one", async () => {
    const { client, server } = await against((_, response) => serveIndex(response), {
      allow: (host) =>
        host === "evil.example" ? { state: "denied" } : { state: "allowed", plainHttp: true, private: true },
    });
    const denied = client.resolve({ registry: "evil.example", repository: REPOSITORY });
    await expect(denied).rejects.toMatchObject({ code: "DENIED" });
    for (const registry of [
      `user:pw@${server.host}`,
      `${server.host}/v2`,
      "0x7f.1:80",
      "EXAMPLE.com",
      "exämple.com",
      "",
    ]) {
      const asked = client.resolve({ registry, repository: REPOSITORY });
      await expect(asked, registry).rejects.toMatchObject({ code: "INPUT" });
    }
    expect(server.requests).toEqual([]);
  });

  test("puts nothing into a path that is not a name, tag or digest", async () => {
    const { client, server, name, pinned } = await against((_, response) => serveIndex(response));
    const bad = "sha256:../../secret" as const;
    await expect(client.resolve({ ...name, repository: "../x" })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.resolve({ ...name, tag: "a/../b" })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.manifest({ ...name, digest: bad })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.referrers({ ...name, digest: bad })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.blob(pinned, bad)).rejects.toMatchObject({ code: "INPUT" });
    expect(server.requests).toEqual([]);
  });

  test("says who it is", async () => {
    let agent: string | undefined;
    const { client, tagged } = await against((request, response) => {
      agent = request.headers["user-agent"];
      serveIndex(response);
    });
    await client.resolve(tagged);
    expect(agent).toBe("oakum-test");
  });
});
