import { expect, it } from "vitest";
import type { Digest } from "../../src/core/reference.ts";
import type { Rollout } from "../../src/core/rollout/rollout.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

const TWO = ["environment: staging, soak: 1h", "environment: production, after: staging"];

/** Phase and reason of the newest rollout to an environment. */
async function phaseOf(world: World, repository: TestRepository, environment: string) {
  const rollout = await rolloutOf(world, repository, environment);
  return rollout && [rollout.phase, ...(rollout.reason ? [rollout.reason.code] : [])].join(" ");
}

async function rolloutOf(world: World, repository: TestRepository, environment: string): Promise<Rollout | undefined> {
  const target = { repository: world.idOf(repository), environment, name: repository.name };
  return world.store.rollouts.current(target);
}

/** What CI built of main before Oakum came, and what runs everywhere. */
async function runsEverywhere(world: World, repository: TestRepository): Promise<Digest> {
  const main = (await repository.branches()).get("main");
  const reference = { registry: world.host, repository: `acme/${repository.name}`, tag: `sha-${main}` };
  const { digest } = (await world.oakum.context.registry.resolve(reference))!;
  for (const environment of ["staging", "production"]) {
    world.delivery.setRunning(`${repository.name}/${environment}`, { digests: [digest], healthy: true });
  }
  return digest;
}

it.concurrent("soaks by the clock, believes only the delivery it was told of, and tells of the end once", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: TWO });
  const before = await runsEverywhere(world, shop);
  world.delivery.next("shop/staging", "silent");
  await world.sweep(60);
  expect(await phaseOf(world, shop, "staging")).toBe("deploying deploy-pending");
  const [deployment] = (await shop.shown()).deployments;
  expect(deployment).toMatchObject({ creator: "oakum[bot]", environment: "staging" });
  await world.report(shop, deployment?.id ?? 0, "success", world.around.tokens.stranger);
  await world.settle(10);
  expect(await phaseOf(world, shop, "staging")).toBe("deploying deploy-pending");
  expect(world.delivery.runs("shop/staging").digests).toEqual([before]);

  world.delivery.next("shop/staging", "succeeds");
  await world.settle(10);
  const { release } = (await rolloutOf(world, shop, "staging"))!;
  expect(await phaseOf(world, shop, "staging")).toBe("soaking soaking");
  expect(await phaseOf(world, shop, "production")).toBe("waiting wave-waiting");
  await world.pass(3500);
  expect(await phaseOf(world, shop, "staging")).toBe("soaking soaking");
  expect(world.delivery.runs("shop/production").digests).toEqual([before]);
  await world.pass(100);
  await world.settle(10);
  expect(await phaseOf(world, shop, "staging")).toBe("confirmed");
  expect(await phaseOf(world, shop, "production")).toBe("confirmed");
  expect(world.delivery.runs("shop/production").digests).toEqual([release.image.digest]);
  await world.look();

  const titles = world.oakum.notices.map(({ title }) => title);
  expect(titles).toEqual([
    "acme/shop, staging: the release is confirmed",
    "acme/shop, production: the release is confirmed",
  ]);
  const { deployments } = await shop.shown();
  expect(deployments.map(({ statuses }) => statuses.filter(({ creator }) => creator === "oakum[bot]"))).toMatchObject([
    [{ state: "success", description: expect.stringContaining("verified") }],
    [{ state: "success", description: expect.stringContaining("verified") }],
  ]);
});

it.concurrent("halts on when the repository whose rollout failed is forgotten", async (test) => {
  const world = await World.start(test);
  const { shop: alpha, dockerfile } = await world.patchedShop({ merge: "auto", environments: TWO }, "alpha");
  const files = { Dockerfile: dockerfile };
  const beta = await world.repository("beta", { merge: "auto", environments: TWO, files });
  for (const repository of [alpha, beta]) await runsEverywhere(world, repository);
  world.delivery.next("alpha/staging", "fails");
  await world.sweep(90);
  await world.delete(alpha);
  await world.sweep(90);
  expect(await world.store.rollouts.ofRepository(world.idOf(alpha))).toEqual([]);
  expect(await phaseOf(world, beta, "staging")).toBe("waiting campaign-halted");
  expect((await beta.shown()).deployments).toEqual([]);
});

it.concurrent("goes back to what ran before, and halts the campaign", async (test) => {
  const world = await World.start(test);
  const { shop: alpha, dockerfile, patched } = await world.patchedShop({ merge: "auto", environments: TWO }, "alpha");
  const files = { Dockerfile: dockerfile };
  const beta = await world.repository("beta", { merge: "auto", environments: TWO, files });
  const before = { alpha: await runsEverywhere(world, alpha), beta: await runsEverywhere(world, beta) };
  world.delivery.next("alpha/staging", "fails");
  await world.sweep(90);

  expect(await phaseOf(world, alpha, "staging")).toBe("rolled-back deploy-failed");
  expect(await phaseOf(world, alpha, "production")).toBe("failed wave-failed");
  expect(await phaseOf(world, beta, "staging")).toBe("waiting campaign-halted");
  expect(await phaseOf(world, beta, "production")).toBe("waiting campaign-halted");
  expect(world.delivery.runs("alpha/staging").digests).toEqual([before.alpha]);
  expect(world.delivery.runs("alpha/production").digests).toEqual([before.alpha]);
  expect(world.delivery.runs("beta/staging").digests).toEqual([before.beta]);
  expect((await alpha.shown()).deployments.map(({ environment }) => environment)).toEqual(["staging", "staging"]);
  expect((await beta.shown()).deployments).toEqual([]);
  expect(await world.transitions("campaign:")).toContain("halted");

  const { release } = (await rolloutOf(world, alpha, "staging"))!;
  const quarantined = await world.store.quarantine.digests(world.idOf(alpha));
  expect(quarantined).toEqual(new Set([release.image.digest, patched]));
  expect(await world.store.quarantine.digests(world.idOf(beta))).toEqual(new Set());
  await alpha.push({ Dockerfile: dockerfile });
  await world.look();
  expect(await world.states(alpha)).toEqual(["held quarantined"]);
  expect(await alpha.pulls()).toHaveLength(1);
  expect(world.oakum.notices.map(({ title }) => title).toSorted()).toEqual([
    `${release.campaign} is halted: too many of its targets failed`,
    "acme/alpha, production: the rollout failed",
    "acme/alpha, staging: rolled back to what ran before",
  ]);

  // A person deploys the release by hand where it waits: that is verified as any other, and counts.
  for (const environment of ["staging", "production"]) {
    const waiting = (await rolloutOf(world, beta, environment))!;
    world.delivery.setRunning(`beta/${environment}`, { digests: [waiting.release.image.digest], healthy: true });
  }
  await world.sweep(7200);
  expect(await phaseOf(world, beta, "staging")).toBe("confirmed");
  expect(await phaseOf(world, beta, "production")).toBe("confirmed");
});

it.concurrent("goes back from what runs and is not well, and never guesses over a foreign digest", async (test) => {
  const world = await World.start(test);
  const { shop: sick, dockerfile } = await world.patchedShop({ merge: "auto", environments: TWO }, "sick");
  const before = await runsEverywhere(world, sick);
  world.delivery.next("sick/staging", "unhealthy");
  await world.sweep(90);
  expect(await phaseOf(world, sick, "staging")).toBe("rolled-back unhealthy");
  expect(world.delivery.runs("sick/staging")).toEqual({ digests: [before], healthy: true });

  const shop = await world.repository("shop", { merge: "auto", environments: TWO, files: { Dockerfile: dockerfile } });
  await runsEverywhere(world, shop);
  await world.publish("base", "1.4", "patched again");
  await world.sweep(60);
  expect(await phaseOf(world, shop, "staging")).toBe("soaking soaking");
  const foreign: Digest = `sha256:${"f".repeat(64)}`;
  world.delivery.setRunning("shop/staging", { digests: [foreign], healthy: true });
  await world.settle(60);
  expect(await phaseOf(world, shop, "staging")).toBe("failed deploy-conflict");
  expect(await phaseOf(world, shop, "production")).toBe("failed wave-failed");
  expect(world.delivery.runs("shop/staging").digests).toEqual([foreign]);
  expect((await shop.shown()).deployments).toHaveLength(1);
  expect(await world.store.quarantine.digests(world.idOf(shop))).toEqual(new Set());
});
