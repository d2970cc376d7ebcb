import { setImmediate } from "node:timers/promises";
import { openStore } from "../../src/store/kysely/open.ts";
import { BUDGETED, HOURLY, NOW, writeOnce } from "./hourly.ts";

/** Uses up what may be written, writes facts and queues jobs, saying which are committed, and runs a job that never ends; until it is killed. */
const [folder = ""] = process.argv.slice(2);
const store = await openStore({ folder }, { log: { error: () => process.exit(1) }, now: Date.now });
await store.jobs.enqueue({ kind: "sweep" }, 100);
const running = Promise.withResolvers<void>();
await store.queue.work(4, ({ job }) => {
  if (job.kind === "sweep") running.resolve();
  return new Promise(() => {});
});
await running.promise;
for (let n = 1; ; n++) {
  await store.budgets.write(BUDGETED, writeOnce(String(n)), HOURLY, NOW);
  await store.transaction(async (tables) => {
    await tables.ledger.append({ subject: "busy", transition: "wrote", cause: String(n), data: {} }, n);
    await tables.jobs.wake({ kind: "campaign", campaign: String(n) }, Date.now() + 3_600_000);
  });
  process.stdout.write(`${n}\n`);
  // The database runs in this thread: without a pause nothing else would.
  await setImmediate();
}
