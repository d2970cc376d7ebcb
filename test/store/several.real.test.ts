import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { isAppError } from "../../src/core/errors.ts";
import type { Job } from "../../src/core/job.ts";
import { verifyChain } from "../../src/core/ledger.ts";
import { openStore } from "../../src/store/kysely/open.ts";
import { freshDatabase } from "./database.ts";
import { HOURLY } from "./hourly.ts";

const url = process.env.DATABASE_URL;
const run = promisify(execFile);
const CI = fileURLToPath(new URL("../../.ci/", import.meta.url));
const quiet = { log: { error: () => {} }, now: Date.now };

const job = (name: string): Job => ({ kind: "campaign", campaign: name });

describe.skipIf(url === undefined)("several processes on one PostgreSQL", () => {
  async function database(): Promise<string> {
    const { url: own, drop } = await freshDatabase(url ?? "");
    onTestFinished(drop);
    return own;
  }

  test("what a killed worker had under way is taken over by another in 20 seconds", async () => {
    const own = await database();
    const store = await openStore({ url: own }, quiet);
    onTestFinished(() => store.close());
    await store.jobs.enqueue(job("taken over"));
    const script = join(import.meta.dirname, "holder-process.ts");
    const child = spawn(process.execPath, [script, own], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const killed = Date.now();
    const taken = Promise.withResolvers<number>();
    const worker = await store.queue.work(2, async () => {
      taken.resolve(Date.now() - killed);
      return { state: "finished" };
    });
    expect(await taken.promise).toBeLessThan(20_000);
    await worker.stop();
  });

  test("no more is written in an hour by all of them, killed and started anew, than by one", async () => {
    const own = await database();
    await (await openStore({ url: own }, quiet)).close();
    let written = 0;
    const start = () => {
      const script = join(import.meta.dirname, "writer-process.ts");
      const child = spawn(process.execPath, [script, own], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      const lines = createInterface({ input: child.stdout }).on("line", () => {
        written += 1;
        if (written === 100) child.kill("SIGKILL");
      });
      return Promise.all([once(child, "exit"), once(lines, "close")]);
    };
    // One of them dies at the hundredth; a third comes in its place.
    await Promise.all([start(), start()]);
    await start();
    expect(written).toBeLessThanOrEqual(HOURLY.perHour);
    // Of its last one nobody heard.
    expect(written).toBeGreaterThanOrEqual(HOURLY.perHour - 1);
  });

  test("many that start at once make the tables once", async () => {
    const own = await database();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ url: own }, quiet)));
    const [first, ...others] = stores;
    await first?.jobs.enqueue(job("seen by all"));
    for (const store of others) expect(await store.queue.counts()).toMatchObject([{ count: 1 }]);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe.skipIf(url === undefined)("a PostgreSQL that is restarted", () => {
  test("loses no job and no fact; what is asked meanwhile is UNAVAILABLE, and goes on by itself", async () => {
    const folder = await mkdtemp(join(tmpdir(), "oakum-pg-"));
    onTestFinished(async () => {
      await run(`${CI}postgres-down`, [folder]);
      await rm(folder, { recursive: true, force: true });
    });
    const { stdout } = await run(`${CI}postgres-up`, [folder]);
    const store = await openStore({ url: stdout.trim() }, quiet);
    onTestFinished(() => store.close());
    for (let n = 0; n < 60; n += 1) await store.jobs.enqueue(job(`job ${n}`));
    const errors: unknown[] = [];
    const done = new Set<string>();
    const all = Promise.withResolvers<void>();
    const half = Promise.withResolvers<void>();
    const worker = await store.queue.work(4, async ({ job: one, failures }) => {
      const name = "campaign" in one ? one.campaign : "";
      try {
        await store.transaction(({ fences }) => fences.take(name));
        await setTimeout(50);
        await store.ledger.append({ subject: name, transition: "done", cause: "", data: {} }, Date.now());
        done.add(name);
        if (done.size === 20) half.resolve();
        if (done.size === 60) all.resolve();
        return { state: "finished" };
      } catch (error) {
        errors.push(error);
        return { state: "again", at: Date.now() + 500, failures: failures + 1 };
      }
    });
    await half.promise;
    await run(`${CI}postgres-restart`, [folder]);
    await all.promise;
    await worker.stop();
    expect(errors.filter((error) => !isAppError(error, "UNAVAILABLE"))).toEqual([]);
    const facts = await store.ledger.read(0, 1000);
    expect(verifyChain(facts).state).toBe("whole");
    expect(facts).toHaveLength(60);
  });
});
