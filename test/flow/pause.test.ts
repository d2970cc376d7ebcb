import { expect, it } from "vitest";
import { pause, pausedReason, pauses, resume } from "../../src/flow/pause/pause.ts";
import { ACTS, pausable } from "../../src/flow/pause/pausing.ts";
import type { GitHub } from "../../src/github/github.ts";
import { configOf } from "./fixture.ts";
import { takeStore } from "./stores.ts";
import { World } from "./world.ts";

const BY = { by: "operator", why: "a bad day" };
const TWO = ["environment: staging, soak: 1h", "environment: production, after: staging"];

function pauseNow({ oakum }: World) {
  return pause(oakum.context.store, BY, oakum.clock.now);
}

function resumeNow({ oakum }: World) {
  return resume(oakum.context.store, BY, oakum.clock.now);
}

async function phases({ store }: World) {
  const all = await store.rollouts.list();
  return all
    .map(({ target, phase, reason }) => `${target.environment} ${phase} ${reason?.code ?? ""}`.trim())
    .toSorted();
}

it.concurrent("proposes nothing while it is paused, says why, and goes on where it was", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop();
  await pauseNow(world);
  await world.sweep(60);
  expect(await shop.pulls()).toEqual([]);
  expect([...(await shop.branches()).keys()]).toEqual(["main"]);
  const [use] = await world.uses(shop);
  expect(use).toMatchObject({ state: "held", reason: { code: "paused", detail: "since 2026-11-21 09:00 UTC" } });

  await world.oakum.start();
  await world.sweep(60);
  expect(await shop.pulls()).toEqual([]);
  await resumeNow(world);
  await world.settle();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await world.ledger("pause:")).toMatchObject([
    { subject: "pause:everything", transition: "paused", data: BY },
    { subject: "pause:everything", transition: "resumed", data: { by: "operator" } },
  ]);
});

it.concurrent("lets a running gate report its verdict while it is paused, but merges nothing", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  const well = world.build;
  world.build = async () => "queued";
  await world.sweep(30);
  const { headSha, number } = await shop.pull();
  await pauseNow(world);
  world.build = well;
  await world.sweep(60);
  expect((await shop.checks("oakum", headSha)).at(-1)).toMatchObject({ conclusion: "success" });
  expect(await shop.pull()).toMatchObject({ number, state: "open" });
  const [own] = await world.store.pulls.list(world.idOf(shop));
  expect(own?.unmerged?.reasons).toMatchObject([{ code: "paused" }]);

  await resumeNow(world);
  await world.settle(30);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("asks for no build while it is paused, be it the first or one more", async (test) => {
  const world = await World.start(test);
  const image = `${world.host}/acme/shop`;
  const unbuilt = configOf(image).replace(/builds:\n.*\n/, "");
  const { shop } = await world.patchedShop({ files: { ".github/oakum.yml": unbuilt } });
  await world.sweep(30);
  const { headSha } = await shop.pull();
  const builds = async () => (await shop.shown()).runs.filter(({ event }) => event === "workflow_dispatch").length;
  await pauseNow(world);
  await shop.push({ ".github/oakum.yml": configOf(image) });
  await world.sweep(60);
  expect(await builds()).toBe(0);
  const waiting = (await shop.checks("oakum", headSha)).at(-1);
  expect(waiting).toMatchObject({ status: "in_progress", title: expect.stringContaining("paused") });

  world.build = async () => "failure";
  await resumeNow(world);
  await world.settle(60);
  const failed = (await shop.checks("oakum", headSha)).at(-1);
  expect(failed).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(await builds()).toBe(1);

  await pauseNow(world);
  await world.control.post(`checks/${failed?.id}`, {});
  await world.sweep(60);
  expect(await builds()).toBe(1);
  await resumeNow(world);
  await world.settle(60);
  expect(await builds()).toBe(2);
});

it.concurrent("confirms what runs while it is paused, and promotes it afterwards", async (test) => {
  const world = await World.start(test);
  await world.patchedShop({ merge: "auto", environments: TWO });
  await world.sweep(60);
  expect(await phases(world)).toEqual(["production waiting wave-waiting", "staging soaking soaking"]);
  await pauseNow(world);
  await world.settle(4000);
  await world.sweep(60);
  expect(await phases(world)).toEqual(["production waiting paused", "staging confirmed"]);
  await resumeNow(world);
  await world.settle(600);
  expect(await phases(world)).toEqual(["production confirmed", "staging confirmed"]);
});

it.concurrent("starts no first wave while it is paused, and goes back from what failed", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ["environment: staging"] });
  const main = (await shop.branches()).get("main");
  const reference = { registry: world.host, repository: "acme/shop", tag: `sha-${main}` };
  const before = (await world.oakum.context.registry.resolve(reference))?.digest;
  world.delivery.setRunning("shop/staging", { digests: before === undefined ? [] : [before], healthy: true });
  const well = world.build;
  world.build = async (job) => (job.branch === "main" ? "queued" : well(job));
  await world.sweep(60);
  await pauseNow(world);
  world.build = well;
  await world.sweep(120);
  expect(await phases(world)).toEqual(["staging waiting paused"]);
  expect((await world.transitions()).includes("granted")).toBe(false);
  expect((await shop.shown()).deployments).toEqual([]);

  world.delivery.next("shop/staging", "silent");
  await resumeNow(world);
  await world.settle(20);
  expect(await phases(world)).toEqual(["staging deploying deploy-pending"]);
  await pauseNow(world);
  world.delivery.next("shop/staging", "fails");
  await world.settle(600);
  expect(await phases(world)).toEqual(["staging rolled-back deploy-failed"]);
  expect(world.delivery.runs("shop/staging").digests).toEqual([before]);
});

it.concurrent("pauses one account or everything, once, and says what it did", async ({ onTestFinished }) => {
  const store = await takeStore();
  onTestFinished(() => store.close());
  const repository = { host: "github.test", name: "shop", defaultBranch: "main", private: true, archived: false };
  const acme = { ...repository, installation: 1, repository: 11, owner: "acme" };
  const other = { ...repository, installation: 2, repository: 12, owner: "other" };
  for (const one of [acme, other]) await store.index.saveRepository(one);
  const isPaused = async (one: typeof acme) => (await pausedReason(store.ledger, one)) !== undefined;

  await pause(store, { ...BY, account: "ACME" }, 1000);
  expect(await pause(store, { by: "another", account: "acme" }, 2000)).toMatchObject({ ...BY, account: "acme" });
  expect([await isPaused(acme), await isPaused(other)]).toEqual([true, false]);
  await expect(pause(store, { ...BY, account: "nobody" }, 3000)).rejects.toMatchObject({ code: "INPUT" });

  await pause(store, BY, 4000);
  expect(await pauses(store)).toMatchObject([{ since: "1970-01-01T00:00:04.000Z" }, { account: "acme" }]);
  await expect(resume(store, { ...BY, account: "acme" }, 5000)).rejects.toMatchObject({ code: "INPUT" });
  expect(await isPaused(other)).toBe(true);
  expect(await resume(store, BY, 6000)).toHaveLength(2);
  expect([await isPaused(acme), await isPaused(other)]).toEqual([false, false]);
  expect(await resume(store, BY, 7000)).toEqual([]);

  await pause(store, { ...BY, account: "acme" }, 8000);
  expect(await resume(store, { ...BY, account: "acme" }, 9000)).toMatchObject([{ account: "acme" }]);
  expect(await isPaused(acme)).toBe(false);
});

it.concurrent("refuses every act that starts something once it is paused, and lets the others through", async ({
  onTestFinished,
}) => {
  const store = await takeStore();
  onTestFinished(() => store.close());
  const place = { host: "github.test", installation: 1, repository: 11 };
  const called: string[] = [];
  const parts = Object.entries(ACTS).map(([part, kinds]) => {
    const methods = Object.keys(kinds).map((name) => [name, async () => void called.push(`${part}.${name}`)]);
    return [part, Object.fromEntries(methods)];
  });
  const github: GitHub = pausable({ store, github: Object.fromEntries(parts) });
  const acts = Object.entries(ACTS).flatMap(([part, kinds]) =>
    Object.entries(kinds).map(([name, kind]) => ({ part, name, kind })),
  );
  const call = async ({ part, name }: (typeof acts)[number]) =>
    (github as unknown as Record<string, Record<string, (at: object) => Promise<void>>>)[part]?.[name]?.(place);
  for (const act of acts) await call(act);
  expect(called).toHaveLength(acts.length);

  await pause(store, BY, 1000);
  for (const act of acts) {
    const attempt = call(act);
    if (act.kind === "starts") await expect(attempt, act.name).rejects.toMatchObject({ code: "CONFLICT" });
    else await attempt;
  }
  const starting = acts.filter(({ kind }) => kind === "starts").map(({ part, name }) => `${part}.${name}`);
  expect(starting).toEqual(expect.arrayContaining(["branches.commit", "branches.move", "pulls.open", "pulls.merge"]));
});
