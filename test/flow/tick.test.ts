import { expect, it } from "vitest";
import { World } from "./world.ts";

/** A repository with one open pull, and a person who may write. */
async function proposed(world: World) {
  const made = await world.patchedShop();
  await made.shop.grant("ann", "write");
  await world.look();
  return { ...made, pull: await made.shop.pull() };
}

/** The description with the box of this name ticked, as GitHub does it. */
function ticked(body: string | null, ...names: readonly string[]): string {
  return names.reduce((text, name) => {
    const found = text.replace(`- [ ] **${name}**`, `- [x] **${name}**`);
    if (found === text) throw new Error(`there is no box ${name}`);
    return found;
  }, body ?? "");
}

it.concurrent("does what a ticked box says, by whom GitHub says that ticked it, and clears it", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.describe(pull.number, ticked(pull.body, "Rebase"), "ann");
  await world.look();
  const rebased = await shop.pull();
  expect(rebased).toMatchObject({ state: "open", body: pull.body });
  const [commanded] = (await world.ledger("pull:")).filter(({ transition }) => transition === "commanded");
  expect(commanded?.data).toEqual({ by: { id: expect.any(Number), login: "ann" }, lines: ["[x] rebase"] });
  expect(await world.transitions("pull:")).toContain("rebased");

  const windows = ticked(pull.body, "Refuse").replaceAll("\n", "\r\n");
  await shop.describe(pull.number, windows, "ann");
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", closedBy: "oakum[bot]" });
  expect(await world.states(shop)).toEqual(["held refused"]);
});

it.concurrent("snoozes by a box once a verdict has rendered the description again", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop();
  await shop.grant("ann", "write");
  await world.sweep(30);
  const { number, body } = await shop.pull();
  await shop.describe(number, ticked(body, "Snooze"), "ann");
  await world.look();
  expect(await world.states(shop)).toEqual(["held snoozed"]);
  await world.pass(7 * 24 * 3600);
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["closed", "open"]);
});

it.concurrent("pauses by a box, and goes on by another", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await shop.grant("ann", "write");
  await world.sweep(30);
  const { number, body } = await shop.pull();
  await shop.describe(number, ticked(body, "Pause"), "ann");
  await world.look();
  await shop.review(number, "APPROVED", { login: "reviewer" });
  await world.sweep(30);
  expect(await shop.pull()).toMatchObject({ state: "open", body });

  await shop.describe(number, ticked(body, "Resume"), "ann");
  await world.sweep(30);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("clears what nobody can answer for, and does nothing", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  const isUntouched = async () => {
    await world.look();
    return shop.pull();
  };
  await shop.describe(pull.number, ticked(pull.body, "Snooze", "Refuse"), "ann");
  expect(await isUntouched()).toMatchObject({ state: "open", body: pull.body });

  await shop.describe(pull.number, ticked(pull.body, "Refuse"), "helper[bot]");
  expect(await isUntouched()).toMatchObject({ state: "open", body: pull.body });

  await shop.describe(pull.number, ticked(pull.body, "Refuse"), "ann");
  await shop.grant("ann", "triage");
  expect(await isUntouched()).toMatchObject({ state: "open", body: pull.body });
  const transitions = await world.transitions("pull:");
  expect(transitions).not.toContain("commanded");
  expect(transitions.filter((one) => one === "command denied")).toHaveLength(1);
});

it.concurrent("leaves a description alone that says anything else of its own", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  for (const body of [
    `${ticked(pull.body, "Refuse")}\n\nPlease wait for Bob.`,
    "- [x] **Refuse** `/oakum refuse`: close this, and never propose exactly this again",
    ticked(pull.body, "Refuse").replace("**Refuse**", "**Approve**"),
  ]) {
    await shop.describe(pull.number, body, "ann");
    await world.look();
    expect(await shop.pull()).toMatchObject({ state: "open", body });
  }
  expect(await world.transitions("pull:")).not.toContain("commanded");
});
