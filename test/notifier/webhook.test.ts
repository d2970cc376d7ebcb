import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createWebhookNotifier } from "../../src/notifier/webhook.ts";

const notice = { key: "k1", title: "Halted \u001b[31m", text: "<b>why</b> @acme", url: "https://example.com/1" };

let status = 204;
let received: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    received.push({ path: request.url, headers: request.headers, body });
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  status = 204;
  received = [];
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function send(channel: string, to = origin) {
  const channels = new Map([
    ["open", { url: new URL("/hooks/hush", to) }],
    ["signed", { url: new URL("/hooks/hush", to), secret: "a secret" }],
  ]);
  return createWebhookNotifier({ channels, fetch }).send(channel, notice);
}

test("a notice is posted as JSON, as it is", async () => {
  await send("open");
  expect(received).toMatchObject([{ path: "/hooks/hush", headers: { "content-type": "application/json" } }]);
  expect(JSON.parse(received[0]!.body)).toEqual(notice);
  expect(received[0]!.headers).not.toHaveProperty("x-oakum-signature-256");
});

test("a channel with a secret gets the body signed", async () => {
  await send("signed");
  const [{ body, headers }] = received as [(typeof received)[number]];
  const hmac = createHmac("sha256", "a secret").update(body).digest("hex");
  expect(headers["x-oakum-signature-256"]).toBe(`sha256=${hmac}`);
});

test.each([
  [302, "INPUT"],
  [400, "INPUT"],
  [401, "DENIED"],
  [403, "DENIED"],
  [404, "INPUT"],
  [429, "UNAVAILABLE"],
  [500, "UNAVAILABLE"],
])(
  "an answer of %i is %s: asked once, followed nowhere, and told without the address or the secret",
  async (answered, code) => {
    status = answered;
    const error: Error = await send("signed").then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(`${error.stack} ${error.cause}`).not.toMatch(/hush|a secret/);
    expect(received).toHaveLength(1);
  },
);

test("a channel that cannot be reached is UNAVAILABLE", async () => {
  await expect(send("open", "http://127.0.0.1:1")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a channel that the operator has not named is INPUT", async () => {
  await expect(send("closed")).rejects.toMatchObject({ code: "INPUT" });
});
