import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Oakum, OakumProcess } from "../../sandbox/oakum.ts";
import { kindOf, manyOf } from "../../sandbox/organisation.ts";
import { patch } from "../../sandbox/publisher.ts";
import { seeded } from "../../sandbox/random.ts";
import { until, untilObserved } from "../../sandbox/story.ts";
import type { World } from "../../sandbox/world.ts";
import { freshDatabase } from "../store/database.ts";
import { endOf } from "./fingerprint.ts";
import { Stage } from "./stage.ts";

/** Thirty repositories: fourteen that are patched and deployed, four whose fix is blocked, and twelve that nothing happens to. */
const FLEET = manyOf({ payments: 14, search: 4, storefront: 6, website: 6 });
/** Each of the patched ones goes to two environments. */
const ROLLOUTS = 28;
/** Milliseconds that a whole story may take on a busy machine. */
const PATIENCE = 500_000;
const KILLS = process.env.CI ? 100 : 8;
/** Milliseconds that a process lives at most before it is killed. */
const LONGEST_LIFE = 1500;
const url = process.env.DATABASE_URL;

const house = new Stage();
const stage = new Stage();
/** The folder of a world before the story. */
let before: string;
let undisturbed: unknown;

beforeAll(async () => {
  before = await house.prepare({ pushes: true, sweep: "1h", repositories: FLEET });
});
afterEach(() => stage.close());
afterAll(() => house.close());

test("thirty repositories, undisturbed: every one that can be patched is, and no other is touched", async () => {
  const world = await stage.resume(before);
  const oakum = await stage.start(world);
  await patch(world);
  undisturbed = await confirmedEnd(world, oakum);
  const { repositories } = await world.control.get<{ readonly repositories: readonly Seen[] }>("state");
  const pulls = repositories.map(({ name, pulls }) => [kindOf(name), pulls.length]);
  expect(Object.groupBy(pulls, ([kind, count]) => `${kind} ${count}`)).toMatchObject({
    "payments 1": { length: 14 },
    "search 1": { length: 4 },
    "storefront 0": { length: 6 },
    "website 0": { length: 6 },
  });
}, 300_000);

test(`killed with -9 ${KILLS} times at random: the same end, nothing twice, nothing lost`, async () => {
  const world = await stage.resume(before);
  const random = seeded(2026);
  // Each of a hundred starts asks anew, within minutes: more than GitHub answers in an hour, and not what is tested here.
  await world.control.post("limits", { rate: 1_000_000 });
  await patch(world);
  let oakum = await stage.start(world);
  for (let kills = 0; kills < KILLS; kills += 1) {
    await killSoon(world, oakum, random);
    oakum = await stage.start(world);
  }
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
}, 1_500_000);

test.runIf(process.env.CI)("CI has a PostgreSQL", () => {
  expect(url).toMatch(/^postgres/);
});

test.skipIf(url === undefined)(
  `one of three workers killed with -9, ${KILLS} times at random: the same end, nothing twice, nothing lost`,
  async () => {
    const database = await freshDatabase(url ?? "");
    stage.onClose(database.drop);
    const env = { DATABASE_URL: database.url };
    const world = await stage.resume(before);
    const random = seeded(2027);
    await world.control.post("limits", { rate: 1_000_000 });
    const oakum = await stage.start(world, env);
    await untilObserved(world, oakum);
    const start = () => stage.startWorker(world, env);
    const workers = [start(), start(), start()];
    await Promise.all(workers);
    await patch(world);
    for (let kills = 0; kills < KILLS; kills += 1) {
      const [worker] = workers.splice(Math.floor(random() * workers.length), 1);
      if (worker !== undefined) await killSoon(world, await worker, random);
      // The others go on meanwhile, and the next may be killed before this one is up.
      workers.push(start());
    }
    await Promise.all(workers);
    expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
  },
  600_000,
);

test("in bad weather: answers lost, refused or never heard of, webhooks twice, late or never; the same end", async () => {
  const world = await stage.resume(before, "8s");
  const oakum = await stage.start(world);
  await world.control.post("faults", { weather: { seed: 7, requests: 0.04, webhooks: 0.5 } });
  await patch(world);
  await untilConfirmed(oakum);
  await world.control.delete("faults");
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
}, 600_000);

interface Seen {
  readonly name: string;
  readonly pulls: readonly unknown[];
}

/** One time in two right after a change at GitHub, before Oakum hears of it, and else at any moment. */
async function killSoon({ control }: World, oakum: OakumProcess, random: () => number): Promise<void> {
  if (random() < 0.5) await control.post("faults", { kill: { pid: oakum.pid, after: 1 + Math.floor(random() * 4) } });
  await Promise.race([oakum.gone, sleep(random() * LONGEST_LIFE)]);
  await control.delete("faults");
  await oakum.kill();
}

/** What the story leaves, once production is confirmed. */
async function confirmedEnd(world: World, oakum: Oakum): Promise<unknown> {
  await untilConfirmed(oakum);
  return endOf(world, oakum);
}

async function untilConfirmed(oakum: Oakum): Promise<void> {
  await until(
    "production is confirmed everywhere",
    async () => (await oakum.ledger(0)).filter(({ transition }) => transition === "confirmed").length === ROLLOUTS,
    undefined,
    PATIENCE,
  );
}
