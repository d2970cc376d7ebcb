import { setImmediate } from "node:timers/promises";
import { openStore } from "../../src/store/kysely/open.ts";
import { BUDGETED, HOURLY, NOW, writeOnce } from "./hourly.ts";

/** Asks again and again whether one more write may be made, and says when it may; until it is killed, or there is none left. */
const [url = ""] = process.argv.slice(2);
const store = await openStore({ url }, { log: { error: () => process.exit(1) }, now: Date.now });
for (let n = 0; ; n += 1) {
  const { state } = await store.budgets.write(BUDGETED, writeOnce(`${process.pid}/${n}`), HOURLY, NOW);
  if (state === "wait") break;
  await store.budgets.release(BUDGETED, `${process.pid}/${n}`);
  process.stdout.write("written\n");
  await setImmediate();
}
await store.close();
