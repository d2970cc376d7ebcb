import { afterAll, beforeAll, expect, test } from "vitest";
import { patch } from "../../sandbox/publisher.ts";
import { untilEnded, untilIdle } from "../../sandbox/story.ts";
import { Stage, type Told } from "./stage.ts";
import { storySuite } from "./suite.ts";

const stage = new Stage();
let told: Told;

/** Often enough to find the patch soon, and seldom enough that a slow machine is ever idle in between. */
const SWEEP = "8s";

beforeAll(async () => {
  told = await stage.open({ pushes: false, sweep: SWEEP });
  await patch(told.world);
  await untilEnded(told.world, () => told.oakum);
  await untilIdle(told.world);
});
afterAll(() => stage.close());

storySuite(() => told);

test("nobody told Oakum", async () => {
  const metrics = await (await fetch(`${told.world.urls.oakum}/metrics`)).text();
  expect(metrics).not.toMatch(/oakum_push_hooks_total\{.*\} [1-9]/);
});
