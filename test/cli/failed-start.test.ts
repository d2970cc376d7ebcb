import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spawnNode } from "../../sandbox/process.ts";
import { checkout } from "./checkout.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let github: Server;
let taken: string;
let url: string;

beforeAll(async () => {
  github = createServer((_, response) => {
    const account = { id: 1, login: "acme" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: 7, slug: "oakum", owner: account }));
  });
  github.listen(0, "127.0.0.1");
  await once(github, "listening");
  taken = String((github.address() as AddressInfo).port);
  url = `http://127.0.0.1:${taken}`;
});
afterAll(() => github.close());

/** Starts `oakum serve` in a folder, and waits until it has ended by itself. */
async function serve(folder: string, variables: Readonly<Record<string, string>>) {
  const environment = {
    APP_ID: "7",
    PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    WEBHOOK_SECRET: "a-long-webhook-secret",
    DATABASE_URL: "",
    OAKUM_DATA: join(folder, "data"),
    LOG_LEVEL: "silent",
    ...variables,
  };
  const child = spawnNode(MAIN, ["serve"], environment);
  const stderr = child.stderr?.toArray();
  const [code] = await once(child, "exit");
  return { code, stderr: Buffer.concat((await stderr) ?? []).toString() };
}

it("that finds its port taken says so, ends, and leaves the store to the next", async () => {
  const folder = await checkout({});
  const expected = { code: 2, stderr: expect.stringContaining(`cannot listen on 127.0.0.1:${taken}`) };
  expect(await serve(folder, { OAKUM_GITHUB_URL: url, PORT: taken })).toEqual(expected);
  expect(await serve(folder, { OAKUM_GITHUB_URL: url, PORT: taken })).toEqual(expected);
});

it("that cannot ask GitHub says so, and ends", async () => {
  const { code, stderr } = await serve(await checkout({}), { OAKUM_GITHUB_URL: "http://127.0.0.1:9", PORT: "0" });
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/GitHub could not be asked/) });
});
