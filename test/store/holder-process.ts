import { openStore } from "../../src/store/kysely/open.ts";

/** A worker that says when it has begun a job, which it never ends, until it is killed. */
const [url = ""] = process.argv.slice(2);
const store = await openStore({ url }, { log: { error: () => {} }, now: Date.now });
await store.queue.work(1, async () => {
  process.stdout.write("begun\n");
  return new Promise(() => {});
});
