import { expect, it } from "vitest";
import { jobKey } from "../../src/core/job.ts";
import { verifyChain } from "../../src/core/ledger.ts";
import { act, record } from "../../src/flow/record.ts";
import { runJob } from "../../src/flow/run.ts";
import { World } from "./world.ts";

const FACT = { subject: "target:x", transition: "deployed", cause: "y/deploy", data: {} };

it.concurrent("writes what is intended before an act, and what was done after it, each once", async (test) => {
  const world = await World.start(test, { ci: false });
  const { context } = world.oakum;
  const fence = await world.store.transaction(({ fences }) => fences.take("target:x"));
  const run = { key: "target:x", fence, priority: 0 };
  const seen: (readonly string[])[] = [];
  const perform = async () => void seen.push(await world.transitions());
  const nothing = async () => {};

  await expect(act(context, run, FACT, () => Promise.reject(new Error("died")), nothing)).rejects.toThrow("died");
  expect(await world.transitions()).toEqual(["deployed intended"]);
  await act(context, run, FACT, perform, nothing);
  await act(context, run, FACT, perform, nothing);
  expect(seen[0]).toEqual(["deployed intended"]);
  expect(await world.transitions()).toEqual(["deployed intended", "deployed"]);
  expect(verifyChain(await world.ledger())).toMatchObject({ state: "whole", count: 2 });

  await expect(
    act(context, run, { ...FACT, cause: "z/deploy" }, perform, () => Promise.reject(new Error("not kept"))),
  ).rejects.toThrow("not kept");
  expect(await world.transitions()).toEqual(["deployed intended", "deployed", "deployed intended"]);
});

it.concurrent("lets an older run of a job do nothing once a newer one has started", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.event({ kind: "sweep" }, 0);
  const { number } = await shop.pull();
  await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"), 0);
  await shop.push({ "README.md": "There is something to look at.\n" });
  const before = world.oakum.acts.done.length;
  const entries = await world.ledger();
  const { context } = world.oakum;

  const job = { kind: "repo", repository: world.idOf(shop) } as const;
  const key = jobKey(job);
  const take = () => world.store.transaction(({ fences }) => fences.take(key));
  const run = { key, fence: await take(), priority: 0 };
  const perform = async () => {
    throw new Error("an act was done by a run that was overtaken");
  };
  await take();
  await expect(runJob(context, run, job)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(act(context, run, FACT, perform, perform)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(record(context, run, FACT)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(world.oakum.acts.done).toHaveLength(before);
  expect(await world.ledger()).toEqual(entries);
  expect(await shop.pull()).toMatchObject({ number });
});
