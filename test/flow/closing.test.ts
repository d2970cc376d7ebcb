import { expect, it } from "vitest";
import { World } from "./world.ts";

it.concurrent("opens a pull anew that was closed by who may only triage, as often as the limits allow", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched, dockerfile } = await world.patchedShop({ more: ["limits: { open: 3, perHour: 2 }"] });
  await world.control.post("collaborators", { ...shop.place, login: "sorter", permission: "triage" });
  const close = async (login: string) => {
    const open = (await shop.pulls()).find(({ state }) => state === "open");
    await world.control.post("pulls/close", { ...shop.place, number: open?.number, login });
    await world.look();
  };
  await world.look();
  const first = await shop.pull();

  await close("sorter");
  const [, second] = await shop.pulls();
  expect(second).toMatchObject({ state: "open", head: first.head, title: first.title });
  expect(String(await shop.file(second?.headSha ?? "", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  expect(await world.states(shop)).toEqual(["update"]);
  const [closed] = (await world.ledger("pull:")).filter(({ transition }) => transition.startsWith("closed"));
  expect(closed).toMatchObject({ transition: "closed without write access", data: { number: first.number } });

  await close("sorter");
  expect(await world.states(shop)).toEqual(["held limit-rate"]);
  await world.pass(3600);
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await world.transitions("pull:")).not.toContain("refused");

  await close("octocat");
  expect(await world.states(shop)).toEqual(["held refused"]);
  await world.pass(3600);
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["closed", "closed", "closed"]);
});

it.concurrent("deletes the branch of a pull that was closed without a refusal once nothing is wanted there", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched, dockerfile } = await world.patchedShop();
  await world.control.post("collaborators", { ...shop.place, login: "sorter", permission: "triage" });
  await world.look();
  const { number } = await shop.pull();
  await world.control.post("pulls/close", { ...shop.place, number, login: "sorter" });
  await shop.push({ Dockerfile: dockerfile.replace(old, patched) });
  await world.look();
  expect(await shop.pull()).toMatchObject({ number, state: "closed" });
  expect([...(await shop.branches()).keys()]).toEqual(["main"]);
});
