import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AdvisorySourceOptions, createAdvisorySource, type Query } from "../../../src/scanner/osv/client.ts";

interface Batch {
  readonly queries: readonly (Query & { readonly page_token?: string })[];
}

type Script = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A source whose server does as told, and counts what it is asked. */
async function against(script: Script, more: Partial<AdvisorySourceOptions> = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    void script(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const osv = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: Date.parse("2026-11-23T12:00:00Z") };
  const own = { osv, kev: `${osv}/kev.json`, fetch, now: () => clock.now, sleep: async () => {} };
  const source = createAdvisorySource({ ...own, ...more });
  return { source, asked, clock };
}

function say(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
}

function queries(count: number): readonly Query[] {
  return Array.from({ length: count }, (_, at) => ({
    package: { ecosystem: "Debian:12", name: `p${at}` },
    version: "1",
  }));
}

describe("query", () => {
  it("asks in batches of 1,000, and answers in order", async () => {
    const sizes: number[] = [];
    const { source } = await against(async (request, response) => {
      const batch = (await json(request)) as Batch;
      sizes.push(batch.queries.length);
      say(response, { results: batch.queries.map(({ package: { name } }) => ({ vulns: [{ id: `A-${name}` }] })) });
    });
    const found = await source.query(queries(2001));
    expect(sizes).toEqual([1000, 1000, 1]);
    expect(found.map((ids) => ids.join())).toEqual(queries(2001).map(({ package: { name } }) => `A-${name}`));
  });

  it("asks on only for what has more pages, even where the first was empty", async () => {
    const batches: Batch[] = [];
    const { source } = await against(async (request, response) => {
      const batch = (await json(request)) as Batch;
      batches.push(batch);
      const results = batch.queries.map(({ package: { name }, page_token: token }) => {
        if (name === "p0") return {};
        if (name === "p1")
          return {
            vulns: [{ id: `B-${token ?? 0}` }],
            ...(token !== "2" && { next_page_token: token === undefined ? "1" : "2" }),
          };
        return token === undefined ? { next_page_token: "FIRST" } : { vulns: [{ id: "C" }], next_page_token: "" };
      });
      say(response, { results });
    });
    expect(await source.query(queries(3))).toEqual([[], ["B-0", "B-1", "B-2"], ["C"]]);
    expect(batches.map(({ queries }) => queries.map((one) => `${one.package.name} ${one.page_token ?? ""}`))).toEqual([
      ["p0 ", "p1 ", "p2 "],
      ["p1 1", "p2 FIRST"],
      ["p1 2"],
    ]);
  });

  it("gives up on endless pages", async () => {
    const { source, asked } = await against((_, response) =>
      say(response, { results: [{ next_page_token: "again" }] }),
    );
    await expect(source.query(queries(1))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(asked).toHaveLength(50);
  });

  it("asks nothing when there is nothing to ask", async () => {
    const { source, asked } = await against((_, response) => say(response, {}));
    expect(await source.query([])).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe("every failure is UNAVAILABLE", () => {
  it.each<[title: string, script: Script, retryAfter?: number]>([
    ["429 with seconds", (_, response) => say(response, "", 429, { "retry-after": "17" }), 17],
    [
      "429 with a date",
      (_, response) => say(response, "", 429, { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }),
      30,
    ],
    ["429 for ever", (_, response) => say(response, "", 429, { "retry-after": "999999999" }), 3600],
    ["429 with nonsense", (_, response) => say(response, "", 429, { "retry-after": "soon" }), 60],
    ["500", (_, response) => say(response, "", 500)],
    ["400", (_, response) => say(response, { code: 3, message: "invalid ecosystem" }, 400)],
    ["a redirect", (_, response) => say(response, "", 302, { location: "/elsewhere" })],
    ["a page instead of JSON", (_, response) => say(response, "<html>")],
    [
      "half an answer",
      (_, response) => void response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
    ],
    ["no answer", (_, response) => response.destroy()],
    ["a stalled answer", () => undefined],
    ["a stalled body", (_, response) => response.write('{"results":')],
    ["too large an answer", (_, response) => say(response, { results: [{}], more: "x".repeat(5000) })],
    ["too few results", (_, response) => say(response, { results: [] })],
    ["too many results", (_, response) => say(response, { results: [{}, {}] })],
    ["other than results", (_, response) => say(response, { results: "none" })],
    ["an empty object", (_, response) => say(response, {})],
    ["null", (_, response) => say(response, null)],
  ])("%s", async (title, script, retryAfter) => {
    const timeout = title.includes("stalled") ? 200 : 10_000;
    const { source, asked } = await against(script, { timeout, largestAnswer: 4000 });
    await expect(source.query(queries(1))).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter });
    // What is no answer at all, and names no time to come back, is asked for once more.
    const isAnswer = retryAfter !== undefined || /results|object|null/.test(title);
    expect(asked).toEqual(isAnswer ? ["/v1/querybatch"] : ["/v1/querybatch", "/v1/querybatch"]);
  });

  it("but for one that passes, which costs two seconds", async () => {
    const pauses: number[] = [];
    const results = [{ vulns: [{ id: "A-1" }] }];
    const { source, asked } = await against(
      (_, response) => (asked.length === 1 ? response.destroy() : say(response, { results })),
      { sleep: async (pause) => void pauses.push(pause) },
    );
    expect(await source.query(queries(1))).toEqual([["A-1"]]);
    expect(pauses).toEqual([2000]);
  });

  it("an advisory, or the list of the exploited, of another form", async () => {
    const { source } = await against((_, response) => say(response, { vulnerabilities: [{}] }));
    await expect(source.advisory("A-1")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(source.exploited()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("nobody there", async () => {
    const { source } = await against(() => undefined, { osv: "http://127.0.0.1:1" });
    await expect(source.query(queries(1))).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "127.0.0.1:1 could not be asked",
    });
  });
});

describe("what is kept", () => {
  it("asks for an advisory and the list once an hour, however many want them at once", async () => {
    const { source, asked, clock } = await against((request, response) =>
      say(response, request.url === "/kev.json" ? { vulnerabilities: [{ cveID: "CVE-1" }] } : { id: "A-1" }),
    );
    const ask = () =>
      Promise.all([source.advisory("A-1"), source.advisory("A-1"), source.exploited(), source.exploited()]);
    expect(await ask()).toMatchObject([{ id: "A-1" }, { id: "A-1" }, new Set(["CVE-1"]), new Set(["CVE-1"])]);
    clock.now += 3_599_000;
    await ask();
    expect(asked.toSorted()).toEqual(["/kev.json", "/v1/vulns/A-1"]);
    clock.now += 1000;
    await ask();
    expect(asked).toHaveLength(4);
  });

  it("keeps no failure", async () => {
    let fails = true;
    const { source } = await against((request, response) => {
      if (fails) return say(response, "", 503);
      return say(response, request.url === "/kev.json" ? { vulnerabilities: [] } : { id: "A-1" });
    });
    await expect(source.advisory("A-1")).rejects.toThrow();
    await expect(source.exploited()).rejects.toThrow();
    fails = false;
    expect(await source.advisory("A-1")).toEqual({ id: "A-1" });
    expect(await source.exploited()).toEqual(new Set());
  });

  it("asks for an id as one part of the path", async () => {
    const { source, asked } = await against((_, response) => say(response, { id: "A-1" }));
    await source.advisory("../a?b#c");
    expect(asked).toEqual(["/v1/vulns/..%2Fa%3Fb%23c"]);
  });
});
