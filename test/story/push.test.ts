import { afterAll, beforeAll, expect, test } from "vitest";
import { patch } from "../../sandbox/publisher.ts";
import { untilEnded, untilIdle } from "../../sandbox/story.ts";
import { Stage, type Told } from "./stage.ts";
import { storySuite } from "./suite.ts";

const stage = new Stage();
let told: Told;

beforeAll(async () => {
  told = await stage.open({ pushes: true, sweep: "1h" });
  await patch(told.world);
  await untilEnded(told.world, () => told.oakum);
  await untilIdle(told.world);
});
afterAll(() => stage.close());

storySuite(() => told);

test("the registry's notifications brought it, and forged ones are refused", async () => {
  const { urls } = told.world;
  expect(await metricsOf(urls.oakum)).toMatch(/oakum_push_hooks_total\{kind="distribution",result="enqueued"\} [1-9]/);
  const forged = await fetch(`${urls.oakum}/api/registry/${new URL(urls.registry).host}`, {
    method: "POST",
    headers: { authorization: "Bearer guessed" },
    body: '{"events":[]}',
  });
  expect(forged.status).toBe(401);
});

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}
