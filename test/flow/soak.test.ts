import { expect, it } from "vitest";
import { World } from "./world.ts";

/** Phase and reason of the one rollout. */
async function stateOf(world: World) {
  const [rollout] = await world.store.rollouts.list();
  return `${rollout?.phase} ${rollout?.reason?.code}`;
}

it.concurrent("is looked at seldom, outages included, believes no single bad look, and is confirmed at last", async (test) => {
  const world = await World.start(test);
  await world.patchedShop({ merge: "auto", environments: ["environment: staging, soak: 1h"] });
  await world.sweep(30);
  expect(await stateOf(world)).toBe("soaking soaking");

  const well = world.delivery.runs("shop/staging");
  for (const moment of [
    { ...well, healthy: false },
    { ...well, digests: [] },
  ]) {
    await world.settle(60);
    world.delivery.setRunning("shop/staging", moment);
    await world.settle(70);
    world.delivery.setRunning("shop/staging", well);
    expect(await stateOf(world)).toMatch(/^soaking (unhealthy|not-running)$/);
    await world.settle(10);
    expect(await stateOf(world)).toBe("soaking soaking");
  }

  let looks = 0;
  world.delivery.runs = () => {
    looks += 1;
    return well;
  };
  world.oakum.osvStatus = 503;
  await world.settle(3600);
  expect(await stateOf(world)).toBe("soaking scan-unavailable");
  expect(looks).toBeLessThan(30);
  await world.settle(3600);
  expect(looks).toBeLessThan(45);
  world.oakum.osvStatus = 200;
  await world.settle(300);
  expect(await world.store.rollouts.list()).toMatchObject([{ phase: "confirmed" }]);
});
