import { expect, it } from "vitest";
import { waiting } from "../core/rollout/rollouts.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

/** What the store keeps of a repository: whether it is indexed, its uses, pulls and rollouts under way. */
async function keptOf(world: World, repository: TestRepository) {
  const { index, pulls, rollouts } = world.store;
  const id = world.idOf(repository);
  const own = (await rollouts.list()).filter(({ target }) => target.repository.repository === repository.id);
  return {
    indexed: (await index.repository(id)) !== undefined,
    uses: (await index.uses(id)).length,
    pulls: (await pulls.list(id)).map(({ state }) => state),
    rollouts: own.map(({ phase }) => phase),
  };
}

/** `alpha` deploys, and `beta` waits for it: one campaign. */
async function campaignUnderWay(world: World) {
  const wish = { merge: "auto", environments: ["environment: staging"] } as const;
  const { shop: alpha, dockerfile } = await world.patchedShop(wish, "alpha");
  const beta = await world.repository("beta", { ...wish, files: { Dockerfile: dockerfile } });
  world.delivery.next("alpha/staging", "silent");
  await world.sweep(60);
  expect(await keptOf(world, alpha)).toEqual({ indexed: true, uses: 1, pulls: ["merged"], rollouts: ["deploying"] });
  expect(await keptOf(world, beta)).toMatchObject({ rollouts: ["waiting"] });
  return { alpha, beta };
}

const NOTHING = { indexed: false, uses: 0, pulls: [], rollouts: [] };

it.concurrent.for<{ what: string; change: (world: World, rest: TestRepository) => Promise<unknown>; rest: object }>([
  {
    what: "a repository that was taken from the App, whose campaign goes on",
    change: ({ control, around }, { id }) =>
      control.patch(`installations/${around.installation}`, { repositories: [id] }),
    rest: { pulls: ["merged"], rollouts: ["confirmed"] },
  },
  {
    what: "all repositories of an installation that was removed",
    change: ({ control, around }) => control.delete(`installations/${around.installation}`),
    rest: NOTHING,
  },
])("forgets $what, and acts no more", async ({ change, rest }, test) => {
  const world = await World.start(test);
  const { alpha, beta } = await campaignUnderWay(world);
  const [pull] = await world.store.pulls.list(world.idOf(alpha));
  const rows = await world.ledger();
  await change(world, beta);
  await world.sweep(60);
  expect(await keptOf(world, alpha)).toEqual(NOTHING);
  expect(await keptOf(world, beta)).toMatchObject(rest);
  expect((await world.ledger()).slice(0, rows.length)).toEqual(rows);

  const before = world.oakum.acts.done.length;
  const repository = world.idOf(alpha);
  await world.event({ kind: "repo", repository });
  await world.event({ kind: "pull", repository, branch: pull?.branch ?? "" });
  await world.event({ kind: "release", repository, merge: pull?.merge ?? "" });
  await world.event({ kind: "target", target: { repository, environment: "staging", name: "alpha" } });
  expect(world.oakum.acts.done.slice(before)).toEqual([]);
});

it.concurrent("keeps what it knows of a suspended installation, does nothing for it, and goes on after", async (test) => {
  const world = await World.start(test);
  const { alpha, beta } = await campaignUnderWay(world);
  const installation = `installations/${world.around.installation}`;
  const kept = [await keptOf(world, alpha), await keptOf(world, beta)];
  await world.control.patch(installation, { suspended: true });
  world.delivery.next("alpha/staging", "succeeds");
  const before = world.oakum.acts.done.length;
  await world.sweep(60);
  for (const repository of [alpha, beta].map((one) => world.idOf(one))) {
    await world.event({ kind: "repo", repository });
    await world.event({ kind: "target", target: { repository, environment: "staging", name: "alpha" } });
  }
  expect(world.oakum.acts.done.slice(before)).toEqual([]);
  expect([await keptOf(world, alpha), await keptOf(world, beta)]).toEqual(kept);

  await world.control.patch(installation, { suspended: false });
  await world.sweep(120);
  expect(await keptOf(world, alpha)).toMatchObject({ rollouts: ["confirmed"] });
  expect(await keptOf(world, beta)).toMatchObject({ rollouts: ["confirmed"] });
});

it.concurrent("forgets nothing for one list of installations that is empty by mistake", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  const before = await world.store.pulls.list(undefined);
  expect(before).toMatchObject([{ state: "open" }]);
  const path = "^/app/installations(\\?|$)";
  await world.control.post("faults", { respond: { method: "GET", path, status: 200, body: [], times: 1 } });
  await world.look();
  expect(await world.store.index.repositories()).toEqual([]);
  expect(await world.store.pulls.list(undefined)).toEqual(before);
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await shop.pulls()).toHaveLength(1);
});

it.concurrent("does not deploy to a repository that left the index before a sweep found it gone", async (test) => {
  const world = await World.start(test, { ci: false });
  const repository = { host: "github.test", installation: world.around.installation, repository: 99 };
  const target = { repository, environment: "staging", name: "gone" };
  await world.store.rollouts.save({ ...waiting, target });
  await world.event({ kind: "target", target }, 0);
  expect(world.oakum.acts.done).toEqual([]);
  expect(await world.store.rollouts.current(target)).toMatchObject({ phase: "waiting" });
  expect(world.oakum.refused).toEqual([]);
});

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
