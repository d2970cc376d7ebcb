import { expect, it } from "vitest";
import { World } from "./world.ts";

it.concurrent("goes on, and comes again, when an installation refuses to be looked at", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched } = await world.patchedShop({ mode: "observe" });
  await world.publish("base", "1.4", "old");
  await world.look();
  await world.publish("base", "1.4", "patched");
  const message = "Although you appear to have the correct credentials, the organization has an IP allow list enabled";
  const path = "^/installation/repositories";
  await world.control.post("faults", { respond: { path, status: 403, body: { message }, times: 100 } });
  await world.look();

  const image = { registry: world.host, repository: "library/base" };
  const observed = await world.store.observations.of(image);
  expect(observed?.observations).toMatchObject([{ tag: "1.4", digest: patched }]);
  expect(await world.uses(shop)).toMatchObject([{ tag: "1.4", digest: old }]);
  const { queue, clock, context } = world.oakum;
  expect(queue.queuedFor({ kind: "sweep" })).toBeGreaterThan(clock.now + context.operation.sweepEvery / 2);

  await world.control.delete("faults");
  await world.look();
  expect(await world.states(shop)).toEqual(["held mode-observe"]);
});

it.concurrent("follows latest where a Dockerfile names no tag", async (test) => {
  const world = await World.start(test, { ci: false });
  const old = await world.publish("base", "latest", "old");
  const shop = await world.repository("shop", { files: { Dockerfile: `FROM ${world.host}/library/base\n` } });
  await world.look();
  const image = { registry: world.host, repository: "library/base" };
  expect((await world.store.observations.of(image))?.observations).toMatchObject([{ tag: "latest", digest: old }]);
  expect(await world.states(shop)).toEqual(["current"]);
});

it.concurrent("takes back what it said of a configuration that was mended elsewhere", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\nlimitz: 1\n" } });
  world.oakum.policyRepository = policy.id;
  const head = (await shop.branches()).get("main") ?? "";
  const conclusions = async () => (await shop.checks("oakum/config", head)).map(({ conclusion }) => conclusion);
  await world.look();
  await world.look();
  expect(await conclusions()).toEqual(["failure"]);
  await policy.push({ "oakum.yml": "version: 1\n" });
  await world.look();
  await world.look();
  expect((await conclusions()).at(-1)).toBe("success");
  await policy.push({ "oakum.yml": "version: 1\nlimitz: 1\n" });
  await world.look();
  expect((await conclusions()).at(-1)).toBe("failure");
});
