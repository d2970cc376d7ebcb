import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/kysely/open.ts";

const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oakum-serve-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A GitHub without installations, which keeps whoever asks for them waiting until it is told to answer. */
async function slowGitHub() {
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const isList = request.url?.startsWith("/app/installations") === true;
    if (isList) {
      asked.resolve();
      await told.promise;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(isList ? [] : { id: 1, slug: "oakum", owner: { id: 1, login: "acme" } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: asked.promise, answer: told.resolve };
}

function serve(folder: string, github: string, command = "serve") {
  const child = spawn(OAKUM, [command], {
    env: {
      PATH: process.env.PATH,
      ...{ APP_ID: "1", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "a secret of the test", LOG_LEVEL: "silent" },
      ...{ OAKUM_GITHUB_URL: github, OAKUM_DATA: folder, PORT: "0" },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Only where the test failed: what does not end by itself must not outlive it.
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, stderr: text(child.stderr), ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  const [code, signal] = await once(child, "exit");
  return { code, signal };
}

test("one process serves a folder, a second says so and ends, and SIGTERM ends the first when its job has", async () => {
  const folder = await newFolder();
  const github = await slowGitHub();
  const first = serve(folder, github.url);
  const [line] = await once(createInterface({ input: first.child.stdout }), "line");
  expect(line).toMatch(/^Oakum is up at http:\/\/127\.0\.0\.1:\d+$/);
  await github.asked;

  const second = serve(folder, github.url);
  expect(await second.ended).toEqual({ code: 2, signal: null });
  expect(await second.stderr).toBe(`oakum: another Oakum process (pid ${first.child.pid}) uses the folder ${folder}\n`);

  const [notice] = await Promise.all([once(first.child.stderr, "data"), first.child.kill("SIGTERM")]);
  expect(String(notice)).toContain("stopping");
  github.answer();
  expect(await first.ended).toEqual({ code: 0, signal: null });

  const store = await openStore({ folder }, { log: { error: () => {} }, now: Date.now });
  onTestFinished(() => store.close());
  const counts = await store.queue.counts();
  expect(counts).toContainEqual({ kind: "sweep", state: "waiting", count: 1 });
  expect(counts.filter(({ state }) => state === "active")).toEqual([]);
});

test("a worker of its own is refused on the embedded database, in a sentence, before that is touched", async () => {
  const folder = await newFolder();
  const { child, stderr, ended } = serve(folder, "http://127.0.0.1:1", "worker");
  expect(await text(child.stdout)).toBe("");
  expect(await ended).toEqual({ code: 2, signal: null });
  expect(await stderr).toMatch(/^oakum: a worker needs a PostgreSQL, which DATABASE_URL names: [^\n]*\n$/);
  expect(await readdir(folder)).toEqual([]);
});

test("the ledger is verified while one serves the folder, by two at once, and by itself once that one was killed", async () => {
  const folder = await newFolder();
  const github = await slowGitHub();
  const { child, ended } = serve(folder, github.url);
  await once(createInterface({ input: child.stdout }), "line");
  const verify = () => oakum(folder, "ledger", "verify");
  const [one, other] = await Promise.all([verify(), verify()]);
  expect(one).toEqual({ code: 0, printed: "the ledger is empty\n" });
  expect(other).toEqual(one);

  const paused = await oakum(folder, "pause", "--reason", "a bad day");
  expect(paused.printed).toMatch(/^paused: everything, since \S+Z, by .+ \(a bad day\); what is under way finishes/);
  child.kill("SIGKILL");
  await ended;
  const [whole, status] = await Promise.all([verify(), oakum(folder, "status", "--json")]);
  expect(whole.printed).toContain("the ledger is whole: 1 entry");
  const by = expect.any(String);
  expect(JSON.parse(status.printed)).toMatchObject({
    pauses: [{ by, why: "a bad day" }],
    repositories: 0,
    branches: 0,
    openPulls: 0,
  });
  expect(await oakum(folder, "resume")).toEqual({ code: 0, printed: "resumed: everything\n" });
  expect((await oakum(folder, "status")).printed).toMatch(/^nothing is paused\n0 repositories, 0 pull requests open\n/);
  expect((await oakum(folder, "pause", "--account", "nobody")).code).toBe(2);
});

async function oakum(folder: string, ...args: readonly string[]) {
  const env = { PATH: process.env.PATH, OAKUM_DATA: folder };
  const child = spawn(OAKUM, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  const [printed, { code }] = await Promise.all([text(child.stdout), endOf(child)]);
  return { code, printed };
}
