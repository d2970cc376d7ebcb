import { expect, it } from "vitest";
import { jobKey } from "../../src/core/job.ts";
import type { Rollout } from "../../src/core/rollout/rollout.ts";
import { giveWay } from "../../src/core/rollout/succession.ts";
import { advanceRollout } from "../../src/flow/rollout/rollout.ts";
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

it.concurrent("is not said to have ended well when a newer release took its place at the last moment", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ["environment: staging, soak: 1h"] });
  await world.sweep(30);
  world.oakum.clock.now += 3_600_000;
  const { context } = world.oakum;
  const { deployer, store } = context;
  const [{ id, target }] = (await store.rollouts.list()) as [Rollout];
  const observe: typeof deployer.observe = async (...asked) => {
    const observed = await deployer.observe(...asked);
    await store.rollouts.update(id, (fresh) => giveWay(fresh, "a newer one", context.now()));
    return observed;
  };
  const key = jobKey({ kind: "target", target });
  const run = { key, fence: await store.transaction(({ fences }) => fences.take(key)), priority: 0 };
  const pass = advanceRollout({ ...context, deployer: { ...deployer, observe } }, run, target);
  await expect(pass).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await stateOf(world)).toBe("failed superseded");
  expect(world.oakum.notices).toEqual([]);
  const [deployment] = (await shop.shown()).deployments;
  expect(deployment?.statuses).not.toContainEqual(expect.objectContaining({ creator: "oakum[bot]" }));
});
