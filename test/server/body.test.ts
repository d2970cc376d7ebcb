import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { Hono } from "hono";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BodyRoom, createBodyRoom, withBody } from "../../src/server/body.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshStore } from "../store/database.ts";

const ROOM = 10_000;

describe("bodies of many requests at once", () => {
  let store: OpenStore;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    store = await freshStore();
    server = createServer({
      verify: async (payload) => payload.endsWith("the end"),
      events: { host: "github.com", app: 99, accepts: () => false },
      hooks: new Map(),
      bodyRoom: ROOM,
      ...{ store, metrics: createMetrics(store), log: pino({ level: "silent" }), now: Date.now },
    });
    ({ url } = await server.listen(0));
  });
  afterAll(async () => {
    await server.close();
    await store.close();
  });

  function begin(part: string): { sent: ClientRequest; answer: Promise<IncomingMessage> } {
    const headers = { "x-github-delivery": crypto.randomUUID(), "x-github-event": "star", "x-hub-signature-256": "s" };
    const sent = request(`${url}/api/github/webhooks`, { method: "POST", headers });
    sent.on("error", () => {});
    sent.write(part);
    return { sent, answer: once(sent, "response").then(([response]) => response) };
  }

  test("are read as far as there is room; whoever comes then is told to come again, and can", async () => {
    const most = "x".repeat(0.8 * ROOM);
    const both = [begin(most), begin(most)];
    const { refused, index } = await Promise.race(
      both.map(async ({ answer }, index) => ({ refused: await answer, index })),
    );
    expect(refused).toMatchObject({ statusCode: 503, headers: { "retry-after": "30", connection: "close" } });
    const other = both[1 - index];
    other?.sent.end("the end");
    expect((await other?.answer)?.statusCode).toBe(202);
    const again = begin(most);
    again.sent.end("the end");
    expect((await again.answer).statusCode).toBe(202);
  });

  test("that come one after the other, refused or not, take no room for good", async () => {
    for (let round = 0; round < 5; round += 1) {
      const unsigned = begin("x".repeat(0.8 * ROOM));
      unsigned.sent.end();
      expect((await unsigned.answer).statusCode).toBe(401);
      expect((await begin("x".repeat(2 * ROOM)).answer).statusCode).toBe(503);
    }
  });
});

describe("a body", () => {
  /** What the room lacks while the body is handled, and after. */
  async function taken(chunks: readonly string[], room: BodyRoom, fail?: Error) {
    const routes = new Hono();
    let within = 0;
    let missing = 0;
    const counting: BodyRoom = {
      take: (bytes) => {
        const isFree = room.take(bytes);
        if (isFree) missing += bytes;
        return isFree;
      },
      giveBack: (bytes) => {
        missing -= bytes;
        room.giveBack(bytes);
      },
    };
    routes.onError((error) => new Response(error.name, { status: 500 }));
    routes.post("/", (context) =>
      withBody(context, { most: 100, room: counting }, async (body) => {
        within = missing;
        return new Response(String(body));
      }),
    );
    const body = ReadableStream.from(
      (async function* () {
        for (const chunk of chunks) yield Buffer.from(chunk);
        if (fail) throw fail;
      })(),
    );
    const response = await routes.request("/", { method: "POST", body, duplex: "half" } as RequestInit);
    return { status: response.status, text: await response.text(), within, after: missing };
  }

  test("holds its room until it is handled", async () => {
    const done = await taken(["Ahoy, ", "sailor"], createBodyRoom(1000));
    expect(done).toMatchObject({ status: 200, text: "Ahoy, sailor", after: 0 });
    expect(done.within).toBeGreaterThanOrEqual("Ahoy, sailor".length);
  });

  test("gives its room back when it is too large, or ends too early", async () => {
    const room = createBodyRoom(10_000);
    expect(await taken(["x".repeat(60), "x".repeat(60)], room)).toMatchObject({ status: 413, after: 0 });
    expect(await taken(["x"], room, new Error("aborted"))).toMatchObject({ status: 500, text: "AppError", after: 0 });
  });

  test("that comes byte by byte takes room for more than its bytes", async () => {
    expect(await taken(Array(90).fill("x"), createBodyRoom(10_000))).toMatchObject({ status: 500, text: "AppError" });
    expect(await taken(["x".repeat(90)], createBodyRoom(10_000))).toMatchObject({ status: 200 });
  });
});
