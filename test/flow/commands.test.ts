import { expect, it } from "vitest";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

const DAY = 24 * 3600;
const ANN = "ann";

/** A repository with one open pull, and a person who may write. */
async function proposed(world: World) {
  const made = await world.patchedShop();
  await made.shop.grant(ANN, "write");
  await world.look();
  return { ...made, pull: await made.shop.pull() };
}

/** The answers to the comments of a pull, in order: `reaction` of each, and what we said. */
async function answers(shop: TestRepository, number: number) {
  const pull = (await shop.pulls()).find((one) => one.number === number);
  return (pull?.comments ?? []).map(({ author, body, reactions }) =>
    author === "oakum[bot]" ? body : reactions.join(),
  );
}

it.concurrent("refuses on command exactly what is proposed, and opening the pull again lifts that", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.comment(pull.number, "Not now, thank you.\n\n/oakum refuse", ANN);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", closedBy: "oakum[bot]" });
  expect(await answers(shop, pull.number)).toEqual(["oakum[bot] +1"]);
  expect(await world.states(shop)).toEqual(["held refused"]);
  const [refused] = (await world.ledger("pull:")).filter(({ transition }) => transition === "refused");
  expect(refused).toMatchObject({ data: { number: pull.number, by: { login: ANN, id: expect.any(Number) } } });
  expect((await shop.branches()).has(pull.head)).toBe(true);

  await shop.reopen(pull.number, ANN);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  await shop.close(pull.number, ANN);
  await world.look();
  expect(await world.states(shop)).toEqual(["held refused"]);
  expect((await world.transitions("pull:")).filter((one) => /^refus/.test(one))).toEqual([
    ...["refused", "refusal lifted", "refused"],
  ]);
  await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"));
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["closed", "open"]);
});

it.concurrent("snoozes: closes without a refusal, opens anew when it is due, or when it is told to", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.comment(pull.number, "/oakum snooze 7d", ANN);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed" });
  expect(await world.uses(shop)).toMatchObject([
    { state: "held", reason: { code: "snoozed", detail: "until 2026-11-28 09:00 UTC, by ann" } },
  ]);
  await world.oakum.start();
  await world.look();
  await world.pass(6 * DAY);
  expect(await shop.pulls()).toHaveLength(1);
  await world.pass(DAY);
  const [, second] = await shop.pulls();
  expect(second).toMatchObject({ state: "open", head: pull.head });
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await world.transitions("pull:")).not.toContain("refused");

  await shop.comment(second?.number ?? 0, "/oakum snooze 2w", ANN);
  await world.look();
  expect(await world.states(shop)).toEqual(["held snoozed"]);
  await shop.comment(second?.number ?? 0, "/oakum resume", ANN);
  await world.event({ kind: "conversation", repository: world.idOf(shop), number: second?.number ?? 0 });
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["closed", "closed", "open"]);
});

it.concurrent("a snoozed pull that a person opens again is awake", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.comment(pull.number, "/oakum snooze 7d", ANN);
  await world.look();
  await shop.reopen(pull.number, ANN);
  await world.look();
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(await world.states(shop)).toEqual(["update"]);
});

it.concurrent("leaves a paused pull alone until it is told to go on", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const { number, headSha } = await shop.pull();
  await shop.review(number, "APPROVED", { login: "reviewer" });
  await shop.comment(number, "/oakum pause", "reviewer");
  await world.sweep(60);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
  const [own] = await world.store.pulls.list(world.idOf(shop));
  expect(own?.unmerged?.reasons).toMatchObject([{ code: "pull-paused", detail: "by reviewer" }]);
  await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"));
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
  await shop.push({ Dockerfile: dockerfile.replace(/^FROM .*/, "FROM scratch") });
  await world.sweep(30);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });

  await shop.comment(number, "/oakum resume", "reviewer");
  await world.sweep(30);
  expect(await shop.pull()).toMatchObject({ state: "closed", closedBy: "oakum[bot]" });
});

it.concurrent("makes the edits anew over somebody's commits when told to, and never over later ones", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull, dockerfile, old, patched } = await proposed(world);
  await shop.push({ "mine.txt": "mine\n" }, { branch: pull.head });
  await shop.push({ "README.md": "main moved\n" });
  await world.look();
  expect(await world.states(shop)).toEqual(["held foreign-commits"]);

  await shop.comment(pull.number, "/oakum rebase", ANN);
  await world.look();
  const { headSha } = await shop.pull();
  const main = (await shop.branches()).get("main");
  expect(await shop.git("log", "--format=%H", `main..${headSha}`)).toBe(headSha);
  expect(await shop.git("rev-parse", `${headSha}^`)).toBe(main);
  expect(String(await shop.file(headSha, "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  await expect(shop.file(headSha, "mine.txt")).rejects.toThrow("404");
  expect(await world.states(shop)).toEqual(["update"]);
  await world.look();
  expect(await shop.pull()).toMatchObject({ headSha });

  await shop.push({ "mine.txt": "again\n" }, { branch: pull.head });
  await world.look();
  await world.look();
  expect(await world.states(shop)).toEqual(["held foreign-commits"]);
  expect(String(await shop.file(pull.head, "mine.txt"))).toBe("again\n");
});

it.concurrent("obeys nobody who may not write now, no bot, and no comment that was changed", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.grant("tim", "triage");
  for (const login of ["passer-by", "tim", "helper[bot]", "oakum[bot]"]) {
    await shop.comment(pull.number, "/oakum refuse", login);
    await shop.comment(pull.number, "/oakum refuse", login);
  }
  const changed = await shop.comment(pull.number, "I like it", ANN);
  await world.control.post("clock", { advance: 2 });
  await shop.editComment(changed, "/oakum refuse", "octocat");
  await shop.comment(pull.number, "> /oakum refuse\n\nsays who?", ANN);
  await world.look();
  await world.look();
  expect(world.oakum.refused).toEqual([]);
  expect(await shop.pull()).toMatchObject({ state: "open" });
  const once = "oakum[bot] confused";
  expect(await answers(shop, pull.number)).toEqual([
    once,
    "",
    once,
    "",
    "",
    "",
    "/oakum refuse",
    "/oakum refuse",
    "",
    "",
  ]);
  const denied = (await world.ledger("pull:")).filter(({ transition }) => transition === "command denied");
  expect(denied.map(({ data }) => (data.by as { login: string }).login)).toEqual(["passer-by", "tim"]);

  await shop.grant(ANN, "read");
  await shop.comment(pull.number, "/oakum refuse", ANN);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  await shop.grant("tim", "write");
  await shop.comment(pull.number, "/oakum refuse", "tim");
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed" });
});

it.concurrent("obeys each comment once, answers what it cannot follow once, and escapes what it quotes", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  await shop.comment(pull.number, "/oakum rebase\n/oakum snooze soon\n/oakum <img src=x> @acme/all", ANN);
  await world.look();
  const { headSha } = await shop.pull();
  await world.look();
  await world.oakum.start();
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
  const [reaction, answer, ...more] = await answers(shop, pull.number);
  expect(reaction).toBe("oakum[bot] confused");
  expect(answer).toContain("`/oakum snooze soon`: snooze takes a time from 1h to 90d");
  expect(answer).toContain("`/oakum <img src=x> @acme/all`: there is no such command");
  expect(more).toEqual([]);
  expect((await world.transitions("pull:")).filter((one) => /^(commanded|rebase)/.test(one))).toEqual([
    ...["commanded intended", "commanded", "rebase asked", "rebased"],
  ]);
  await shop.close(pull.number, ANN);
  await world.look();
  await shop.comment(pull.number, "/oakum rebase", ANN);
  await world.event({ kind: "conversation", repository: world.idOf(shop), number: pull.number });
  expect((await answers(shop, pull.number)).at(-1)).toContain("this pull request is closed: open it again first");
});

it.concurrent("asks for a conversation only when it has changed", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, pull } = await proposed(world);
  const asked = async () => {
    const { requests } = await world.control.get<{ requests: readonly { readonly path: string }[] }>("requests");
    return requests.filter(({ path }) => path.includes(`/issues/${pull.number}/comments`)).length;
  };
  await world.look();
  expect(await asked()).toBe(0);
  await shop.comment(pull.number, "Looks good", ANN);
  await world.look();
  await world.look();
  await world.look();
  expect(await asked()).toBe(1);
});
