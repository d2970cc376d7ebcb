import { expect, it } from "vitest";
import { jobKey } from "../../src/core/job.ts";
import { answerPull } from "../../src/flow/gate/answer.ts";
import type { GitHub } from "../../src/github/github.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

/** Opens a pull of a branch that lies in a fork, and pushes there once more; answers with its number. */
async function forked(world: World, shop: TestRepository, name: string): Promise<number> {
  await shop.push({ [`${name}.md`]: "Read me\n" }, { branch: name, from: "main" });
  const pull = { ...shop.place, login: "octocat", head: name, title: name, fork: "mallory" };
  return (await world.control.post<{ number: number }>("pulls", pull)).number;
}

async function answered(shop: TestRepository): Promise<number> {
  return (await shop.shown()).checks.filter(({ conclusion }) => conclusion === "neutral").length;
}

it.concurrent("answers few heads of forks in an hour, asks nothing for the others meanwhile, and loses none", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop({ mode: "observe" });
  await world.look();
  const numbers: number[] = [];
  for (let one = 0; one < 7; one += 1) numbers.push(await forked(world, shop, `fork-${one}`));
  const push = async (number: number) => {
    const job = { kind: "answer", repository: world.idOf(shop), number, outside: true } as const;
    await world.event(job, 0);
  };
  for (const number of numbers) await push(number);
  expect(await answered(shop)).toBe(5);
  // Pushed to again and again, nothing is asked of GitHub.
  const asked = async () => (await world.control.get<{ count: number }>("requests")).count;
  const before = await asked();
  for (const number of numbers.slice(5)) for (let again = 0; again < 3; again += 1) await push(number);
  expect(await asked()).toBe(before);

  await world.settle(900);
  expect(await answered(shop)).toBe(5 + 1);
  await world.settle(3600);
  expect(await answered(shop)).toBe(7);
  // The heads are known: that they are asked about once more costs none of what is left.
  for (const number of numbers) await push(number);
  await world.settle(2 * 3600);
  expect((await world.transitions("answers:")).filter((one) => one === "answered outside")).toHaveLength(7);
});

it.concurrent("knows a pull of a fork that nobody told it is one, and is not kept by it from answering others", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  for (let one = 0; one < 6; one += 1) await forked(world, shop, `fork-${one}`);
  await shop.push({ "README.md": "Read me\n" }, { branch: "feature", from: "main" });
  const pull = { ...shop.place, login: "octocat", head: "feature", title: "Ours" };
  const { number } = await world.control.post<{ number: number }>("pulls", pull);
  // A sweep finds all of them.
  await world.look();
  const { headSha } = (await shop.pulls()).find((one) => one.number === number) ?? { headSha: "" };
  expect(await shop.checks("oakum", headSha)).toMatchObject([{ conclusion: "neutral" }]);
  expect(await answered(shop)).toBe(1 + 5);
  await world.event({ kind: "answer", repository: world.idOf(shop), number: number - 1 }, 0);
  expect(await answered(shop)).toBe(1 + 5);
});

it.concurrent("answers no more than that when two are answered at once", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop({ mode: "observe" });
  await world.look();
  const numbers: number[] = [];
  for (let one = 0; one < 6; one += 1) numbers.push(await forked(world, shop, `fork-${one}`));
  const { context } = world.oakum;
  const answer = async (number: number, github: GitHub) => {
    const job = { kind: "answer", repository: world.idOf(shop), number, outside: true } as const;
    const key = jobKey(job);
    const run = { key, fence: await context.store.fences.take(key), priority: 0 } as const;
    await answerPull({ ...context, github }, run, job);
  };
  for (const number of numbers.slice(0, 4)) await answer(number, context.github);
  // Both know that one more may be answered before either goes on.
  const met = meeting(2);
  const { branches } = context.github;
  const rules: typeof branches.rules = async (...asked) => {
    await met();
    return branches.rules(...asked);
  };
  const github = { ...context.github, branches: { ...branches, rules } };
  await Promise.all(numbers.slice(4).map((number) => answer(number, github)));
  expect(await answered(shop)).toBe(5);
  await world.settle(900);
  expect(await answered(shop)).toBe(6);
});

/** Waits until so many have come. */
function meeting(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let here = 0;
  return () => {
    here += 1;
    if (here === size) resolve();
    return promise;
  };
}
