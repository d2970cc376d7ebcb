import { expect, it } from "vitest";
import { runJob } from "../../src/flow/run.ts";
import {
  type ScriptedRegistry,
  scriptedRegistry,
  serveIndex,
  serveJson,
  serveStatus,
} from "../registry/scripted-registry.ts";
import { World } from "./world.ts";

const DAY = 24 * 3600;

it.concurrent("saves what a tag names now and enqueues everyone who uses it, together", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched, dockerfile } = await world.patchedShop({ mode: "observe" });
  const till = await world.repository("till", { mode: "observe", files: { "app/Dockerfile": dockerfile } });
  const idle = await world.repository("idle", { mode: "observe" });
  await world.publish("base", "1.4", "old");
  await world.look();
  await world.publish("base", "1.4", "patched");
  const { context, queue } = world.oakum;
  const job = world.imageJob("base");
  const image = { registry: world.host, repository: "library/base" };
  const key = `image:${world.host}/library/base`;
  const take = () => world.store.transaction(({ fences }) => fences.take(key));
  const overtaken = await take();
  const fence = await take();

  await expect(runJob(context, { key, fence: overtaken, priority: 0 }, job)).rejects.toMatchObject({
    code: "CONFLICT",
  });
  expect((await world.store.observations.of(image))?.observations).toMatchObject([{ tag: "1.4", digest: old }]);
  expect(queue.dueKeys).toEqual([]);
  expect(await world.ledger("image:")).toEqual([]);

  await runJob(context, { key, fence, priority: 20 }, job);
  expect((await world.store.observations.of(image))?.observations).toMatchObject([{ tag: "1.4", digest: patched }]);
  const repositories = [shop, till].map((user) => `repo:github.test/${world.around.installation}/${user.id}`);
  expect(queue.dueKeys).toEqual(repositories);
  expect(queue.duePriorities).toEqual([20, 20]);
  expect(queue.dueKeys).not.toContain(`repo:github.test/${world.around.installation}/${idle.id}`);
  expect(await world.ledger("image:")).toMatchObject([
    { transition: "moved", data: { tag: "1.4", digest: patched, users: 2 } },
  ]);

  await world.settle();
  await runJob(context, { key, fence, priority: 0 }, job);
  expect(queue.dueKeys).toEqual([]);
});

it.concurrent("holds a candidate for minAge, starts anew when the tag flips, and proposes when it is due", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched } = await world.patchedShop({ minAge: "3d" });
  await world.look();
  expect(await world.states(shop)).toEqual(["held min-age"]);
  expect((await world.uses(shop))[0]?.reason?.detail).toContain(
    new Date(world.oakum.clock.now + DAY * 3000).toISOString().slice(0, 10),
  );

  await world.pass(2 * DAY);
  await world.publish("base", "1.4", "old");
  await world.event(world.imageJob("base"));
  expect(await world.states(shop)).toEqual(["current"]);
  await world.publish("base", "1.4", "patched");
  await world.event(world.imageJob("base"));
  const flipped = world.oakum.clock.now;
  await world.pass(2 * DAY);
  expect(await world.states(shop)).toEqual(["held min-age"]);
  expect(await shop.pulls()).toEqual([]);

  await world.pass(DAY);
  expect(await world.states(shop)).toEqual(["update"]);
  expect(world.oakum.clock.now).toBeGreaterThanOrEqual(flipped + 3 * DAY * 1000);
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect((await world.ledger("image:")).map(({ data }) => data.digest)).toEqual([old, patched]);
});

it("says of every use why its registry does not answer, and asks again what may pass", async (test) => {
  const world = await World.start(test, { ci: false });
  let isDown = true;
  const misbehaving = (answer: (response: Parameters<typeof serveStatus>[0]) => void) =>
    scriptedRegistry((request, response) => {
      if (isDown) return answer(response);
      return request.url?.includes("/tags/") ? serveJson(response, { name: "app", tags: ["1"] }) : serveIndex(response);
    });
  const unauthorized = await misbehaving((response) => serveStatus(response, 401));
  const forbidden = await misbehaving((response) => serveStatus(response, 403));
  const limited = await misbehaving((response) => serveStatus(response, 429, { "retry-after": "30" }));
  const down = await misbehaving((response) => response.destroy());
  const unlisted = await misbehaving((response) => serveStatus(response, 500));
  world.oakum.forbidden.add(unlisted.host);
  const from = ({ host }: ScriptedRegistry) => `FROM ${host}/app:1\n`;
  const files = {
    "a/Dockerfile": from(unauthorized),
    "b/Dockerfile": from(forbidden),
    "c/Dockerfile": from(limited),
    "d/Dockerfile": from(down),
    "e/Dockerfile": from(unlisted),
  };
  world.build = async () => "nothing";
  const shop = await world.repository("shop", { files });
  await world.sweep(10);
  expect(await world.states(shop)).toEqual([
    "auth-failed registry-denied",
    "auth-failed registry-denied",
    "held registry-unavailable",
    "held registry-unavailable",
    "held registry-not-allowed",
  ]);
  expect(unlisted.requests).toEqual([]);

  isDown = false;
  await world.settle(120);
  const asked = ["auth-failed registry-denied", "auth-failed registry-denied", "current", "current"];
  expect(await world.states(shop)).toEqual([...asked, "held registry-not-allowed"]);
  await world.look();
  expect(await world.states(shop)).toEqual(["current", "current", "current", "current", "held registry-not-allowed"]);
  expect(unlisted.requests).toEqual([]);
  expect(world.oakum.refused).toEqual([]);
});

it("closes nothing for a list of tags that is missing once, and believes it the second time", async (test) => {
  const world = await World.start(test, { ci: false });
  let isListed = true;
  const flaky = await scriptedRegistry((request, response) => {
    if (!request.url?.includes("/tags/")) serveIndex(response);
    else if (isListed) serveJson(response, { tags: ["1.0.0", "1.0.1"] });
    else serveStatus(response, 404);
  });
  const shop = await world.repository("shop", { files: { Dockerfile: `FROM ${flaky.host}/app:1.0.0\n` } });
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  const { number } = await shop.pull();

  for (const [listed, state] of [
    [false, "held tags-unlisted"],
    [true, "update"],
    [false, "held tags-unlisted"],
  ] as const) {
    isListed = listed;
    await world.look();
    expect(await world.states(shop)).toEqual([state]);
    expect(await shop.pull()).toMatchObject({ number, state: "open" });
  }
  await world.look();
  expect(await world.states(shop)).toEqual(["current"]);
  expect(await shop.pull()).toMatchObject({ number, state: "closed" });
});

it("leaves a tag that cannot be read to those who use it", async (test) => {
  const world = await World.start(test, { ci: false });
  const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
  const mixed = await scriptedRegistry((request, response) => {
    if (request.url?.includes("/tags/")) serveJson(response, { tags: ["ancient", "1.0.0", "1.0.1"] });
    else if (request.url?.endsWith("/ancient")) response.writeHead(200, { "content-type": type }).end();
    else serveIndex(response);
  });
  const from = (tag: string) => ({ Dockerfile: `FROM ${mixed.host}/app:${tag}\n` });
  const museum = await world.repository("museum", { files: from("ancient") });
  const shop = await world.repository("shop", { files: from("1.0.0") });
  await world.look();
  await world.look();
  expect(await world.states(museum)).toEqual(["held registry-answer"]);
  expect((await world.uses(museum))[0]?.reason?.detail).toContain("ancient");
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await shop.pull()).toMatchObject({ state: "open" });
});

it.concurrent("tells a repository that was being planned while its image was observed first", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop({ mode: "observe" });
  await world.look();
  // What such a plan leaves: it was read before the observation that is there, and saved after it.
  const known = await world.store.index.repository(world.idOf(shop));
  const uses = (await world.uses(shop)).map((use) => ({ ...use, state: "unknown" as const }));
  await world.store.index.saveUses(world.idOf(shop), known?.head ?? "", uses);
  await world.event(world.imageJob("base"));
  expect(await world.states(shop)).toEqual(["held mode-observe"]);
});
