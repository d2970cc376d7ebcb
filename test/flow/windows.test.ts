import { expect, it } from "vitest";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

const HOUR = 3600;
/** From the start of every world, a Saturday at nine in UTC, to Monday at six in Brussels. */
const TO_MONDAY = 44 * HOUR;
const OFFICE = "Mon-Fri 06:00-18:00 Europe/Brussels";
const FREEZE = "{ deny: [2026-11-21/2026-11-22 Europe/Brussels] }";

async function unmergedFor(world: World, repository: TestRepository): Promise<readonly string[] | undefined> {
  const [record] = await world.store.pulls.list(world.idOf(repository));
  return record?.unmerged?.reasons.map(({ code }) => code);
}

async function rolloutOf(world: World, repository: TestRepository, environment = "staging") {
  const target = { repository: world.idOf(repository), environment, name: repository.name };
  return world.store.rollouts.current(target);
}

it.concurrent("opens and refreshes pulls in their window only, wakes when it opens, and closes none because of it", async (test) => {
  const world = await World.start(test);
  const { shop, patched } = await world.patchedShop({ more: [`windows: { propose: ${OFFICE} }`] });
  await world.sweep();
  expect(await world.states(shop)).toEqual(["held outside-window"]);
  const [use] = await world.uses(shop);
  expect(use?.reason?.detail).toBe("it opens 2026-11-23T05:00:00.000Z");
  await world.pass(TO_MONDAY - 600);
  expect(await shop.pulls()).toEqual([]);
  await world.settle(700);
  const opened = await shop.pull();
  expect(String(await shop.file(opened.headSha, "Dockerfile"))).toContain(patched);

  await world.pass(14 * HOUR);
  const newer = await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"));
  expect(await world.states(shop)).toEqual(["held outside-window"]);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha: opened.headSha });
  await world.pass(12 * HOUR);
  await world.settle(60);
  const refreshed = await shop.pull();
  expect(refreshed).toMatchObject({ state: "open", number: opened.number });
  expect(String(await shop.file(refreshed.headSha, "Dockerfile"))).toContain(newer);
});

it.concurrent("merges in its window, by the windows that hold then", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop({ merge: "auto", more: [`windows: { merge: ${OFFICE} }`] });
  const files = { Dockerfile: dockerfile };
  const open = await world.repository("open", { merge: "auto", files, more: ["windows: { merge: always }"] });
  await world.sweep(60);
  expect(await open.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  const early = await world.repository("early", { merge: "auto", files, more: [`windows: { merge: ${OFFICE} }`] });
  await world.sweep(60);
  await early.push({
    ".github/oakum.yml": String(await open.file("main", ".github/oakum.yml")).replaceAll("open", "early"),
  });
  await world.event({ kind: "repo", repository: world.idOf(early) });
  expect(await early.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });

  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(await unmergedFor(world, shop)).toEqual(["outside-window"]);
  await world.pass(TO_MONDAY - 600);
  expect(await shop.pull()).toMatchObject({ state: "open" });
  await world.settle(700);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("starts no deployment in a freeze, also one that was written after the merge; what is under way goes on", async (test) => {
  const world = await World.start(test);
  const environments = ["environment: staging, soak: 1h", "environment: production, after: staging"];
  const { shop } = await world.patchedShop({ merge: "auto", environments });
  const config = String(await shop.file("main", ".github/oakum.yml"));
  world.delivery.next("shop/staging", "silent");
  await world.sweep(60);
  expect((await rolloutOf(world, shop))?.phase).toBe("deploying");
  await shop.push({ ".github/oakum.yml": `${config}windows: { deploy: ${FREEZE} }\n` });

  world.delivery.next("shop/staging", "succeeds");
  await world.settle(2 * HOUR);
  expect((await rolloutOf(world, shop))?.phase).toBe("confirmed");
  const frozen = await rolloutOf(world, shop, "production");
  expect(frozen).toMatchObject({ phase: "waiting", granted: false, aside: true, reason: { code: "outside-window" } });
  expect((await shop.shown()).deployments.map(({ environment }) => environment)).toEqual(["staging"]);

  await world.pass(38 * HOUR);
  await world.settle(60);
  expect((await rolloutOf(world, shop, "production"))?.phase).toBe("confirmed");
});

it.concurrent("goes on with a campaign past those whose window is closed, and starts what an error may hide a freeze from never", async (test) => {
  const world = await World.start(test);
  const wish = { merge: "auto", environments: ["environment: staging"] } as const;
  const { shop: alpha, dockerfile } = await world.patchedShop(
    { ...wish, more: [`windows: { deploy: ${FREEZE} }`] },
    "alpha",
  );
  const beta = await world.repository("beta", { ...wish, files: { Dockerfile: dockerfile } });
  await world.sweep(90);
  expect(await rolloutOf(world, alpha)).toMatchObject({ phase: "waiting", aside: true });
  expect((await rolloutOf(world, beta))?.phase).toBe("confirmed");

  await alpha.push({ ".github/oakum.yml": "version: 1\nmode: propose\nwindows: { deploy: tomorrow }\n" });
  await world.pass(40 * HOUR);
  expect(await rolloutOf(world, alpha)).toMatchObject({ phase: "waiting", reason: { code: "config-invalid" } });
  await alpha.push({ ".github/oakum.yml": "version: 1\nmode: propose\n" });
  await world.event({ kind: "repo", repository: world.idOf(alpha) });
  expect((await rolloutOf(world, alpha))?.phase).toBe("confirmed");
});
