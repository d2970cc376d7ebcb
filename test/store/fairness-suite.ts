import { expect, onTestFinished, test } from "vitest";
import { type Job, repositoryOf } from "../../src/core/job.ts";
import type { JobEnd } from "../../src/store/queue.ts";
import type { OpenStore } from "../../src/store/store.ts";

const FINISHED: JobEnd = { state: "finished" };

/** A job of a repository, which is its number. */
function pull(repository: number, branch = 0, installation = 1): Job {
  const id = { host: "github.com", installation, repository };
  return { kind: "pull", repository: id, branch: `oakum/main/${branch}` };
}

/** What every queue must do when somebody has `many` jobs due, and somebody else one. */
export function fairnessSuite(open: () => Promise<OpenStore>, many: number): void {
  const opened = async () => {
    const store = await open();
    onTestFinished(() => store.close());
    return store;
  };

  /** How many jobs start before the one that is wanted, with four at once. */
  async function startsBefore(store: OpenStore, isWanted: (job: Job) => boolean): Promise<number> {
    const found = Promise.withResolvers<number>();
    let starts = 0;
    const worker = await store.queue.work(4, async ({ job }) => {
      if (isWanted(job)) found.resolve(starts);
      starts += 1;
      return FINISHED;
    });
    const before = await found.promise;
    await worker.stop();
    return before;
  }

  test("one repository with very many due jobs holds up no other, of its installation or another", async () => {
    const store = await opened();
    await store.transaction(async ({ jobs }) => {
      for (let branch = 0; branch < many; branch++) await jobs.enqueue(pull(1, branch));
      await jobs.enqueue(pull(2));
    });
    expect(await startsBefore(store, (job) => repositoryOf(job)?.repository === 2)).toBeLessThanOrEqual(8);
  });

  test("one installation with very many repositories holds up no other", async () => {
    const store = await opened();
    await store.transaction(async ({ jobs }) => {
      for (let repository = 0; repository < many; repository++) await jobs.enqueue(pull(repository));
    });
    await store.jobs.enqueue(pull(0, 0, 2));
    const before = await startsBefore(store, (job) => repositoryOf(job)?.installation === 2);
    // The other's first ones came in the seconds that it took to queue them all.
    expect(before).toBeLessThan(many / 2);
  });

  test("jobs of one repository that do not end leave room for the others'", async () => {
    const store = await opened();
    for (let branch = 0; branch < 8; branch++) await store.jobs.enqueue(pull(1, branch));
    for (let repository = 2; repository < 12; repository++) await store.jobs.enqueue(pull(repository));
    const end = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const seen = new Set<number>();
    const worker = await store.queue.work(6, async ({ job }) => {
      const repository = repositoryOf(job)?.repository ?? 0;
      if (repository === 1) await end.promise;
      else seen.add(repository);
      if (seen.size === 10) all.resolve();
      return FINISHED;
    });
    await all.promise;
    end.resolve();
    await worker.stop();
  });

  test("an event goes before what came minutes earlier, and not before what has waited long", async () => {
    const store = await opened();
    const ago = (minutes: number) => Date.now() - minutes * 60_000;
    await store.jobs.wake({ kind: "campaign", campaign: "long" }, ago(30));
    await store.jobs.wake({ kind: "campaign", campaign: "recent" }, ago(5));
    await store.jobs.enqueue({ kind: "campaign", campaign: "event" }, 10);
    const order: string[] = [];
    const all = Promise.withResolvers<void>();
    const worker = await store.queue.work(1, async ({ job }) => {
      order.push("campaign" in job ? job.campaign : "");
      if (order.length === 3) all.resolve();
      return FINISHED;
    });
    await all.promise;
    await worker.stop();
    expect(order).toEqual(["long", "event", "recent"]);
  });
}
