import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OakumProcess } from "../../sandbox/oakum.ts";
import { patch } from "../../sandbox/publisher.ts";
import { seeded } from "../../sandbox/random.ts";
import { untilEnded, untilIdle } from "../../sandbox/story.ts";
import { freshDatabase } from "../store/database.ts";
import { Stage, type Told } from "./stage.ts";
import { storySuite } from "./suite.ts";

const url = process.env.DATABASE_URL;
const KILLS = process.env.CI ? 20 : 4;
/** Milliseconds. */
const LONGEST_LIFE = 3_000;

test.runIf(process.env.CI)("CI has a PostgreSQL", () => {
  expect(url).toMatch(/^postgres/);
});

describe.skipIf(url === undefined)(`one of three workers killed with -9, ${KILLS} times at random`, () => {
  const stage = new Stage();
  let told: Told;

  beforeAll(async () => {
    const database = await freshDatabase(url ?? "");
    stage.onClose(database.drop);
    const env = { DATABASE_URL: database.url };
    told = await stage.open({ pushes: true, sweep: "1h" }, env);
    const start = () => stage.startWorker(told.world, env);
    const workers: OakumProcess[] = await Promise.all([start(), start(), start()]);
    await patch(told.world);
    const ended = untilEnded(told.world, () => told.oakum);
    const random = seeded(11);
    for (let kills = 0; kills < KILLS; kills += 1) {
      await sleep(random() * LONGEST_LIFE);
      const [killed] = workers.splice(Math.floor(random() * workers.length), 1);
      await killed?.kill();
      workers.push(await start());
    }
    await ended;
    await untilIdle(told.world);
  });
  afterAll(() => stage.close());

  storySuite(() => told);
});
