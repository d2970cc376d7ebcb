import { expect, it } from "vitest";
import { World } from "./world.ts";

it.concurrent("knows by a closed pull's head what was refused, when the store was lost and the branch is gone", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const { shop: other } = await world.patchedShop({}, "other");
  await other.grant("sorter", "triage");
  await world.look();
  const { number, head, headSha } = await shop.pull();
  await shop.close(number, "octocat");
  await other.close((await other.pull()).number, "sorter");
  await world.control.post("branches/delete", { ...shop.place, branch: head });
  await world.control.post("branches/delete", { ...other.place, branch: (await other.pull()).head });

  await world.lose();
  await world.look();
  await world.look();
  expect(await world.states(shop)).toEqual(["held refused"]);
  expect(await shop.pulls()).toHaveLength(1);
  expect(await shop.git("rev-parse", `refs/pull/${number}/head`)).toBe(headSha);
  const [refused] = (await world.ledger("pull:")).filter(({ transition }) => transition === "refused");
  expect(refused).toMatchObject({ data: { number, by: { login: "octocat" } } });
  expect((await other.pulls()).map(({ state }) => state)).toEqual(["closed", "open"]);

  await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"));
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["closed", "open"]);
});

it.concurrent("believes no closed pull that somebody else opened from a branch of our name, and no snooze", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile, old, patched } = await world.patchedShop();
  const { shop: slept } = await world.patchedShop({}, "slept");
  await world.look();
  const { head, title } = await slept.pull();
  await slept.grant("ann", "write");
  await slept.comment(1, "/oakum snooze 7d", "ann");
  await shop.close(1, "octocat");
  await world.look();
  await world.control.post("branches/delete", { ...shop.place, branch: head });
  await world.lose();
  await world.look();
  expect(await world.states(shop)).toEqual(["held refused"]);

  const forged = await world.repository("forged", { files: { Dockerfile: dockerfile } });
  await forged.push({ Dockerfile: dockerfile.replace(old, patched) }, { branch: head });
  await world.control.post("pulls", { ...forged.place, login: "octocat", title, head });
  await forged.close(1, "octocat");
  await world.control.post("branches/delete", { ...forged.place, branch: head });
  await world.look();
  expect((await forged.pulls()).map(({ state, author }) => `${author} ${state}`)).toEqual([
    "octocat closed",
    "oakum[bot] open",
  ]);
  await world.control.post("branches/delete", { ...slept.place, branch: head });
  await world.look();
  expect((await slept.pulls()).map(({ state }) => state)).toEqual(["closed", "open"]);
});
