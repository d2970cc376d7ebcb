import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Job } from "../../src/core/job.ts";
import type { JobEnd, JobStart, Worker } from "../../src/store/queue.ts";
import type { OpenStore } from "../../src/store/store.ts";

const HOUR = 3_600_000;
const FINISHED: JobEnd = { state: "finished" };

function campaign(name: string): Job {
  return { kind: "campaign", campaign: name };
}

/** What every queue must do, whatever it runs on. */
export function queueSuite(open: () => Promise<OpenStore>): void {
  let store: OpenStore;
  let worker: Worker | undefined;
  beforeAll(async () => {
    store = await open();
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });
  afterAll(() => store.close());

  /** Works until `enough` starts were seen. */
  async function starts(
    enough: number,
    end: (start: JobStart) => JobEnd = () => FINISHED,
  ): Promise<readonly JobStart[]> {
    const seen: JobStart[] = [];
    const all = Promise.withResolvers<void>();
    worker = await store.queue.work(4, async (start) => {
      seen.push(start);
      if (seen.length >= enough) all.resolve();
      return end(start);
    });
    await all.promise;
    await worker.stop();
    worker = undefined;
    return seen;
  }

  test("enqueued five times, queued once", async () => {
    for (let n = 0; n < 5; n++) await store.jobs.enqueue(campaign("five"));
    expect(await store.queue.counts()).toEqual([{ kind: "campaign", state: "due", count: 1 }]);
    expect(await starts(1)).toMatchObject([{ job: campaign("five"), failures: 0 }]);
    expect(await store.queue.counts()).toEqual([]);
  });

  test("many are enqueued at once: those that are queued move forward, the others are queued", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `many ${n}`);
    await store.jobs.wake(campaign("many 3"), Date.now() + HOUR);
    await store.jobs.enqueueAll(names.map(campaign), 10);
    await store.jobs.enqueueAll([]);
    expect(await store.queue.counts()).toEqual([{ kind: "campaign", state: "due", count: 12 }]);
    const seen = await starts(12);
    expect(new Set(seen.map(({ job }) => job))).toEqual(new Set(names.map(campaign)));
    expect(new Set(seen.map(({ priority }) => priority))).toEqual(new Set([10]));
  });

  test("each start of a job has a number of its own, the highest of its key", async () => {
    await store.jobs.enqueue(campaign("fenced"));
    const fences = (
      await starts(2, ({ fence }) => (fence === 1 ? { state: "again", at: Date.now(), failures: 1 } : FINISHED))
    ).map(({ fence }) => fence);
    expect(fences).toEqual([1, 2]);
    expect(await store.fences.current("campaign:fenced")).toBe(2);
  });

  test("an event moves the queued timer forward", async () => {
    await store.jobs.wake(campaign("timer"), Date.now() + 2 * HOUR);
    expect(await store.queue.counts()).toEqual([{ kind: "campaign", state: "waiting", count: 1 }]);
    await store.jobs.enqueue(campaign("timer"), 10);
    expect(await store.queue.counts()).toEqual([{ kind: "campaign", state: "due", count: 1 }]);
    await starts(1);
  });

  test("of two timers the earlier wins, whichever was first", async () => {
    await store.jobs.wake(campaign("late first"), Date.now() + HOUR);
    await store.jobs.wake(campaign("late first"), Date.now() - HOUR);
    await store.jobs.wake(campaign("early first"), Date.now() - HOUR);
    await store.jobs.wake(campaign("early first"), Date.now() + HOUR);
    expect(await store.queue.counts()).toEqual([{ kind: "campaign", state: "due", count: 2 }]);
    await starts(2);
  });

  test("while a job is active one more is queued, and runs after it", async () => {
    await store.jobs.enqueue(campaign("busy"));
    const running = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    let runs = 0;
    let atOnce = 0;
    worker = await store.queue.work(8, async () => {
      runs += 1;
      atOnce += 1;
      expect(atOnce).toBe(1);
      running.resolve();
      await release.promise;
      atOnce -= 1;
      if (runs === 2) done.resolve();
      return FINISHED;
    });
    await running.promise;
    for (let n = 0; n < 3; n++) await store.jobs.enqueue(campaign("busy"));
    expect(await store.queue.counts()).toEqual([
      { kind: "campaign", state: "active", count: 1 },
      { kind: "campaign", state: "due", count: 1 },
    ]);
    release.resolve();
    await done.promise;
    expect(runs).toBe(2);
  });

  test("a job that asks to run again does, with its failures counted; an event forgets them", async () => {
    await store.jobs.enqueue(campaign("again"));
    const seen = await starts(3, ({ failures }) =>
      failures < 2 ? { state: "again", at: Date.now(), failures: failures + 1 } : FINISHED,
    );
    expect(seen.map(({ failures }) => failures)).toEqual([0, 1, 2]);
    await store.jobs.enqueue(campaign("again"));
    await starts(1, () => ({ state: "again", at: Date.now() + HOUR, failures: 1 }));
    await store.jobs.enqueue(campaign("again"));
    expect(await starts(1)).toMatchObject([{ failures: 0 }]);
  });

  test("those of higher priority are claimed first", async () => {
    for (let n = 0; n < 8; n++) await store.jobs.enqueue(campaign(`low ${n}`));
    await store.jobs.enqueue(campaign("high"), 10);
    await store.jobs.wake(campaign("timer"), Date.now() - HOUR, 20);
    // What is urgent stays so, whoever else asks for it.
    await store.jobs.enqueue(campaign("timer"));
    const order = (await starts(10)).map(({ job, priority }) => ({ job, priority }));
    expect(order.slice(0, 4)).toContainEqual({ job: campaign("high"), priority: 10 });
    expect(order.slice(0, 4)).toContainEqual({ job: campaign("timer"), priority: 20 });
  });

  test("a job that runs again is as urgent as before", async () => {
    await store.jobs.enqueue(campaign("urgent"), 10);
    const seen = await starts(2, ({ failures }) =>
      failures === 0 ? { state: "again", at: Date.now(), failures: 1 } : FINISHED,
    );
    expect(seen.map(({ priority }) => priority)).toEqual([10, 10]);
  });

  test("a job of a transaction is seen when it commits, and never when it does not", async () => {
    const work = (outcome: "commit" | "roll back") =>
      store.transaction(async (tables) => {
        await tables.jobs.enqueue(campaign(outcome));
        await tables.jobs.wake({ kind: "sweep" }, Date.now());
        if (outcome === "roll back") throw new Error(outcome);
      });
    await expect(work("roll back")).rejects.toThrow("roll back");
    expect(await store.queue.counts()).toEqual([]);
    await work("commit");
    expect((await starts(2)).map(({ job }) => job)).toEqual(
      expect.arrayContaining([campaign("commit"), { kind: "sweep" }]),
    );
  });

  test("stopping waits for what runs", async () => {
    await store.jobs.enqueue(campaign("stop"));
    const running = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let finished = false;
    const stopped = store.queue.work(4, async () => {
      running.resolve();
      await release.promise;
      finished = true;
      return FINISHED;
    });
    await running.promise;
    const stopping = (await stopped).stop();
    release.resolve();
    await stopping;
    expect(finished).toBe(true);
    expect(await store.queue.counts()).toEqual([]);
  });
}
