import { expect, it } from "vitest";
import { World } from "./world.ts";

const ENVIRONMENTS = ["environment: staging"];

it.concurrent("rejects a release that does not stand on the new base, and says so once", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  const well = world.build;
  const before = (await shop.branches()).get("main") ?? "";
  // The default branch's build has a stale cache: it builds what it built before.
  world.build = async (job) => well(job.event === "push" ? { ...job, headSha: before } : job);
  await world.sweep();
  await world.look();
  await world.pass(7200);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  expect(await world.transitions("release:")).toEqual(["told chat intended", "told chat", "release rejected"]);
  expect(world.oakum.notices).toMatchObject([
    { channel: "chat", title: expect.stringContaining("acme/shop"), text: expect.stringContaining("does not start") },
  ]);
  expect((await shop.shown()).deployments).toEqual([]);
});

it.concurrent("waits with a release for advisories", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  const well = world.build;
  world.build = async (job) => {
    if (job.event === "push") world.oakum.osvStatus = 503;
    return well(job);
  };
  await world.sweep(30);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  expect(await world.transitions("release:")).toEqual([]);
  expect((await shop.shown()).deployments).toEqual([]);

  world.oakum.osvStatus = 200;
  await world.settle();
  expect(await world.transitions("release:")).toEqual(["released"]);
  expect(await world.store.rollouts.list()).toMatchObject([{ phase: "confirmed" }]);
});

it.concurrent("lets a newer release take over from one that is still being deployed", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  world.delivery.next("shop/staging", "silent");
  await world.sweep();
  const [first] = await world.store.rollouts.list();
  expect(first).toMatchObject({ phase: "deploying", reason: { code: "deploy-pending" } });

  await world.publish("base", "1.4", "patched again");
  await world.sweep();
  expect(await world.transitions("release:")).toEqual(["released", "released"]);
  const [newer, older, ...others] = await world.store.rollouts.list();
  expect(others).toEqual([]);
  expect(older).toMatchObject({ id: first?.id, phase: "failed", reason: { code: "superseded" } });
  expect((await shop.shown()).deployments).toHaveLength(2);
  expect(newer?.release.image.digest).not.toBe(older?.release.image.digest);
});

it.concurrent("goes back to what ran before both, never to one that nobody confirmed", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  const built = { registry: world.host, repository: "acme/shop", tag: `sha-${(await shop.branches()).get("main")}` };
  const { digest: before } = (await world.oakum.context.registry.resolve(built))!;
  world.delivery.setRunning("shop/staging", { digests: [before], healthy: true });
  world.delivery.next("shop/staging", "silent");
  await world.sweep(30);
  const [older] = await world.store.rollouts.list();
  // It arrived, and its delivery has not said so yet.
  const [deployment] = (await shop.shown()).deployments;
  await world.report(shop, deployment?.id ?? 0, "in_progress", world.around.tokens.delivery);
  world.delivery.setRunning("shop/staging", { digests: [older!.release.image.digest], healthy: true });

  await world.publish("base", "1.4", "patched again");
  world.delivery.next("shop/staging", "fails");
  await world.sweep();
  const [newer] = await world.store.rollouts.list();
  expect(newer).toMatchObject({ phase: "rolled-back", previous: before, unconfirmed: [older!.release.image.digest] });
  expect(world.delivery.runs("shop/staging").digests).toEqual([before]);
  expect((await shop.shown()).deployments).toHaveLength(3);
  // Of the one that gave way nothing is told.
  expect(world.oakum.notices).toMatchObject([{ title: "acme/shop, staging: rolled back to what ran before" }]);
});

it.concurrent("never lets the build of an older merge that ends late go over a newer release", async (test) => {
  const world = await World.start(test);
  const tools = world.reference("tools", "2.0", await world.publish("tools", "2.0", "old"));
  const base = world.reference("base", "1.4", await world.publish("base", "1.4", "old"));
  const Dockerfile = `FROM ${tools} AS build\nWORKDIR /src\nCOPY . .\nRUN make\n\nFROM ${base}\nCOPY --from=build /src /srv\n`;
  await world.repository("shop", { merge: "auto", environments: ENVIRONMENTS, files: { Dockerfile } });
  await world.publish("tools", "2.0", "patched");
  await world.publish("base", "1.4", "patched");
  const well = world.build;
  let late: string | undefined;
  world.build = async (job) => {
    if (job.event === "push") late ??= job.headSha;
    return job.headSha === late ? "queued" : well(job);
  };
  await world.sweep();
  expect(late).toBeDefined();
  expect(await world.transitions("release:")).toEqual(["released"]);
  const [newer, ...others] = await world.store.rollouts.list();
  expect(others).toEqual([]);
  expect(newer).toMatchObject({ phase: "confirmed" });

  world.build = well;
  await world.sweep();
  expect(await world.transitions("release:")).toEqual(["released", "released"]);
  expect(await world.store.rollouts.list()).toEqual([newer]);
  expect(world.delivery.runs("shop/staging").digests).toEqual([newer?.release.image.digest]);
});
