import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { against, INDEX_DIGEST, type Script, scriptedRegistry, serveIndex, serveStatus } from "./scripted-registry.ts";

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

  test("no more questions at once than the limit of all registries together", async () => {
    let open = 0;
    let most = 0;
    const script: Script = (_, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        serveIndex(response);
      });
    };
    const { client, tagged } = await against(script, { limits: { inFlight: 1 } });
    const other = await scriptedRegistry(script);
    const references = [tagged, { ...tagged, registry: other.host }];
    await Promise.all(Array.from({ length: 30 }, (_, number) => client.resolve(references[number % 2]!)));
    expect(most).toBe(1);
  });
});
