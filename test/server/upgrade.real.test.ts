import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/kysely/open.ts";
import { freshDatabase } from "../store/database.ts";

const url = process.env.DATABASE_URL;
const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** A worker at work on a database of its own, and that database. */
async function startWorker() {
  const database = await freshDatabase(url ?? "");
  onTestFinished(database.drop);
  const child = spawn(OAKUM, ["worker"], {
    env: {
      PATH: process.env.PATH,
      ...{ APP_ID: "1", PRIVATE_KEY: privateKey, LOG_LEVEL: "silent" },
      ...{ OAKUM_GITHUB_URL: "http://127.0.0.1:1", DATABASE_URL: database.url },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const gone = once(child, "exit").then(([code]) => code);
  const stderr = text(child.stderr);
  await once(createInterface({ input: child.stdout }), "line");
  return { database: database.url, gone, stderr };
}

/** What a newer version does first: its migrations, or those of the queue's library. */
async function upgrade(database: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const NEWER = "insert into kysely_migration (name, timestamp) values ('9999-newer', 'now')";
const NEWER_QUEUE = "update pgboss.version set version = version + 1";

describe.skipIf(url === undefined)("a newer version has changed the tables under a worker", () => {
  test.each([
    ["by its own", NEWER],
    ["by those of the queue", NEWER_QUEUE],
  ])("%s: it does no job any more, says so and ends, and the job is there for the newer one", async (_, statement) => {
    const worker = await startWorker();
    const store = await openStore({ url: worker.database }, { log: { error: () => {} }, now: Date.now });
    onTestFinished(() => store.close());
    await upgrade(worker.database, statement);
    await store.jobs.enqueue({ kind: "campaign", campaign: "of the older one" });
    expect(await worker.gone).toBe(2);
    expect(await worker.stderr).toContain("a newer version of Oakum has changed the tables of this database");
    expect(await store.queue.counts()).toMatchObject([{ kind: "campaign", count: 1 }]);
    // The store of this test is of an older version too by now.
    await expect(store.fences.take("campaign:")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(store.transaction(({ fences }) => fences.current("campaign:"))).rejects.toThrow("a newer version");
    expect(await store.superseded).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("it ends also while it has nothing to do", async () => {
    const worker = await startWorker();
    await upgrade(worker.database, NEWER);
    expect(await worker.gone).toBe(2);
  });
});
