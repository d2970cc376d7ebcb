import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { type Job, jobKey } from "../../src/core/job.ts";
import type { Run } from "../../src/flow/context.ts";
import { startWorker, type WorkerParts } from "../../src/server/worker.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshStore } from "../store/database.ts";

let store: OpenStore;
beforeAll(async () => {
  store = await freshStore();
});
afterAll(() => store.close());

interface Seen {
  readonly refused: string[];
  readonly outcomes: string[];
  readonly bugs: unknown[];
}

/** Works with `handle` until `enough` starts have ended. */
async function work(enough: number, handle: WorkerParts["handle"]): Promise<Seen> {
  const seen: Seen = { refused: [], outcomes: [], bugs: [] };
  const ended = Promise.withResolvers<void>();
  const worker = await startWorker({
    ...{ store, handle, concurrency: 8, now: Date.now, random: () => 1 },
    onRefused: (job, error) => seen.refused.push(`${jobKey(job)} ${error.code}`),
    metrics: {
      jobEnded: (_, outcome) => {
        if (seen.outcomes.push(outcome) === enough) ended.resolve();
      },
    },
    log: { info: () => {}, warn: () => {}, error: (fields) => seen.bugs.push(fields) },
  });
  await ended.promise;
  await worker.stop();
  return seen;
}

const job: Job = { kind: "campaign", campaign: "c" };

test("each start takes a higher fence, and finishes", async () => {
  const runs: Run[] = [];
  const handle: WorkerParts["handle"] = async (_, run) => {
    runs.push(run);
    if (runs.length === 1) await store.jobs.wake(job, Date.now(), 5);
  };
  await store.jobs.enqueue(job);
  expect((await work(2, handle)).outcomes).toEqual(["finished", "finished"]);
  expect(runs).toEqual([
    { key: "campaign:c", fence: 1, priority: 0 },
    { key: "campaign:c", fence: 2, priority: 5 },
  ]);
  expect(await store.fences.current("campaign:c")).toBe(2);
  expect(await store.queue.counts()).toEqual([]);
});

test("errors are waited out, started over, reported, or called bugs", async () => {
  const errors = [
    new AppError("CONFLICT", "moved"),
    new AppError("UNAVAILABLE", "down", { retryAfter: 0 }),
    new TypeError(),
  ];
  await store.jobs.enqueue(job);
  const seen = await work(4, async () => {
    throw errors.shift() ?? new AppError("DENIED", "no permission: checks");
  });
  expect(seen.outcomes).toEqual(["conflict", "unavailable", "bug", "refused"]);
  expect(seen.refused).toEqual(["campaign:c DENIED"]);
  expect(seen.bugs).toMatchObject([{ key: "campaign:c", failures: 2, err: expect.any(TypeError) }]);
  expect(await store.queue.counts()).toEqual([]);
});

test("a job that fails does not hold up the others", async () => {
  const names = Array.from({ length: 12 }, (_, n) => `n${n}`);
  for (const campaign of names) await store.jobs.enqueue({ kind: "campaign", campaign });
  const done: string[] = [];
  const seen = await work(12, async (started) => {
    if (started.kind !== "campaign") throw new Error("another job");
    if (started.campaign === "n3") throw new AppError("INPUT", "bad");
    done.push(started.campaign);
  });
  expect(new Set(done)).toEqual(new Set(names.filter((name) => name !== "n3")));
  expect(seen.refused).toEqual(["campaign:n3 INPUT"]);
});
