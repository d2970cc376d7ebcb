import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patch } from "../../sandbox/publisher.ts";
import { untilEnded, untilIdle } from "../../sandbox/story.ts";
import { freshDatabase } from "../store/database.ts";
import { Stage, type Told } from "./stage.ts";
import { storySuite } from "./suite.ts";

const url = process.env.DATABASE_URL;

test.runIf(process.env.CI)("CI has a PostgreSQL", () => {
  expect(url).toMatch(/^postgres/);
});

describe.skipIf(url === undefined)("the story on PostgreSQL", () => {
  const stage = new Stage();
  let told: Told;

  beforeAll(async () => {
    const database = await freshDatabase(url ?? "");
    stage.onClose(database.drop);
    told = await stage.open({ pushes: true, sweep: "1h" }, { DATABASE_URL: database.url });
    await patch(told.world);
    await untilEnded(told.world, () => told.oakum);
    await untilIdle(told.world);
  });
  afterAll(() => stage.close());

  storySuite(() => told);
});
