import { expect, it } from "vitest";
import { pause, resume } from "../../src/flow/pause/pause.ts";
import type { TestRepository } from "./repository.ts";
import { answerGroups, groupsOf, pullJob, queue, reviews, ruled, unmerged } from "./rules.ts";
import { APP } from "./surroundings.ts";
import { World } from "./world.ts";

const CHECK = "oakum";

it.concurrent("enqueues by the expected head, answers on the group, and goes on to the release", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile, old, patched } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue()]);
  await world.sweep(30);
  const { number, headSha } = await shop.pull();
  expect(await unmerged(world, shop)).toEqual(["queued"]);
  const [group] = await groupsOf(shop);
  expect(group?.branch).toMatch(new RegExp(`^gh-readonly-queue/main/pr-${number}-`));
  // Looked at again while it is queued, and once more: nothing is done twice.
  await world.look();
  await world.event(await pullJob(world, shop), 30);
  expect((await world.transitions("pull:")).filter((one) => one === "enqueued")).toHaveLength(1);

  await answerGroups(world, shop, 60);
  expect(await shop.checks(CHECK, group?.sha ?? "")).toMatchObject([{ conclusion: "success" }]);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "github-merge-queue[bot]", headSha });
  await world.event(await pullJob(world, shop), 60);
  expect(String(await shop.file("main", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  expect(await world.transitions("release:")).toEqual(["released"]);
  await world.look();
  expect([...(await shop.branches()).keys()]).toEqual(["main"]);
});

it.concurrent("lets others' groups through, and none that has our pull without its verdict holding", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue({ grouping_strategy: "HEADGREEN" })]);
  await world.sweep(30);
  const ours = await shop.pull();
  // Somebody's pull behind ours: its group has ours in it, and with HEADGREEN speaks for both.
  await shop.push({ "README.md": "Read me\n" }, { branch: "feature", from: "main" });
  const person = { ...shop.place, login: "octocat" };
  const { number } = await world.control.post<{ number: number }>("pulls", {
    ...person,
    head: "feature",
    title: "Docs",
  });
  await world.event({ kind: "answer", repository: world.idOf(shop), number }, 0);
  const theirs = (await shop.pulls()).find((one) => one.number === number);
  expect(await shop.checks(CHECK, theirs?.headSha ?? "")).toMatchObject([{ conclusion: "neutral" }]);
  const mutation = "mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }";
  const { node_id: id } = await shop.rest<{ node_id: string }>("GET", `pulls/${number}`);
  await world.graphql(mutation, { id });
  const [, second] = await groupsOf(shop);
  expect(second?.branch).toContain(`/pr-${number}-`);

  await world.publish("base", "1.4", "patched again");
  await world.event({ kind: "group", repository: world.idOf(shop), branch: second?.branch ?? "" }, 0);
  expect(await shop.checks(CHECK, second?.sha ?? "")).toMatchObject([
    { conclusion: "failure", summary: expect.stringContaining("the tag no longer names this digest") },
  ]);
  expect((await shop.pulls()).map(({ state }) => state)).toEqual(["open", "open"]);

  // The newer digest takes ours out of the queue, since its head moves; what is left is nobody's but theirs.
  await world.sweep(5);
  expect((await shop.pulls())[0]?.headSha).not.toBe(ours.headSha);
  for (let round = 0; round < 3; round += 1) await answerGroups(world, shop);
  expect((await shop.pulls()).find((one) => one.number === number)).toMatchObject({ state: "open" });
  await world.graphql(mutation, { id });
  await answerGroups(world, shop);
  expect((await shop.pulls()).find((one) => one.number === number)).toMatchObject({
    state: "closed",
    mergedBy: "github-merge-queue[bot]",
  });
});

it.concurrent("says why it was given back, and goes in again only when the base has moved, three times at most", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue()], { requiredChecks: [{ context: "integration" }] });
  const green = async () => {
    const { headSha } = await shop.pull();
    await shop.rest("POST", `statuses/${headSha}`, { state: "success", context: "integration" });
  };
  await world.sweep(30);
  expect(await unmerged(world, shop)).toEqual(["checks-missing"]);
  await green();
  await world.event(await pullJob(world, shop), 5);
  const fail = async () => {
    const [group] = await groupsOf(shop);
    await shop.rest("POST", `statuses/${group?.sha}`, { state: "failure", context: "integration" });
    await world.event(await pullJob(world, shop), 5);
  };
  await fail();
  expect(await groupsOf(shop)).toEqual([]);
  const [record] = await world.store.pulls.list(world.idOf(shop));
  expect(record?.unmerged?.reasons).toEqual([{ code: "dequeued", detail: "CI_FAILURE" }]);
  await world.look();
  await world.event(await pullJob(world, shop), 3600);
  expect(await groupsOf(shop)).toEqual([]);

  for (const text of ["one\n", "two\n", "three\n"]) {
    await shop.push({ "README.md": text });
    await world.event({ kind: "repo", repository: world.idOf(shop) }, 5);
    if ((await groupsOf(shop)).length > 0) await fail();
  }
  expect((await world.transitions("pull:")).filter((one) => one === "enqueued")).toHaveLength(3);
  expect(await unmerged(world, shop)).toEqual(["dequeued"]);

  // A person may still try.
  const { node_id: id } = await shop.rest<{ node_id: string }>("GET", `pulls/${(await shop.pull()).number}`);
  await world.graphql(
    "mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }",
    { id },
  );
  await world.event(await pullJob(world, shop), 5);
  expect(await unmerged(world, shop)).toEqual(["queued"]);
});

it.concurrent("is not enqueued or merged twice by a process that dies again and again", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue()]);
  let deaths = 0;
  while (await world.oakum.dieAfter(3, () => world.sweep(60))) deaths += 1;
  while (await world.oakum.dieAfter(1, () => answerGroups(world, shop, 60))) deaths += 1;
  while (await world.oakum.dieAfter(3, () => world.sweep(120))) deaths += 1;
  expect(deaths).toBeGreaterThan(3);
  const { happenings, mergedBy } = await shop.pull();
  const queued = happenings.map(({ event, reason }) => [event, reason].join(" ").trim());
  expect(queued).toEqual(["added_to_merge_queue", "removed_from_merge_queue MERGE", "merged"]);
  expect(mergedBy).toBe("github-merge-queue[bot]");
  expect((await world.transitions("pull:")).filter((one) => one === "enqueued")).toHaveLength(1);
  expect(await world.transitions("release:")).toEqual(["released"]);
});

it.concurrent("does not queue what a rule keeps out, and says so in GitHub's words", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await ruled(world, shop, [queue(), reviews({ required_approving_review_count: 1, require_code_owner_review: true })]);
  await shop.push({ ".github/CODEOWNERS": "* @owner\n" });
  await world.sweep(30);
  const { number } = await shop.pull();
  await shop.review(number, "APPROVED");
  await world.event(await pullJob(world, shop), 5);
  expect(await unmerged(world, shop)).toEqual(["review-required"]);
  await shop.review(number, "APPROVED", { login: "owner" });
  await world.event(await pullJob(world, shop), 5);
  expect(await unmerged(world, shop)).toEqual(["queued"]);
});

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** What became of a pull in the merge queue, as GitHub tells it. */
async function timeline(shop: TestRepository): Promise<readonly string[]> {
  return (await shop.pull()).happenings.map(({ event, reason }) => [event, reason].join(" ").trim());
}

const IN = "added_to_merge_queue";
const OUT = "removed_from_merge_queue MANUAL";

it.concurrent("takes out of the queue what its window closes on, and puts it in again when that opens", async (test) => {
  const world = await World.start(test);
  // Every world begins on a Saturday at nine.
  const { shop } = await world.patchedShop({ merge: "auto", more: ["windows: { merge: Sat 08:00-10:00 UTC }"] });
  await ruled(world, shop, [queue()]);
  await world.sweep(30);
  expect(await unmerged(world, shop)).toEqual(["queued"]);
  await world.settle(HOUR);
  expect(await unmerged(world, shop)).toEqual(["outside-window"]);
  expect(await groupsOf(shop)).toEqual([]);
  await world.look();
  expect(await timeline(shop)).toEqual([IN, OUT]);
  await world.settle(WEEK - 2 * HOUR + 120);
  expect(await timeline(shop)).toEqual([IN, OUT, IN]);
  await answerGroups(world, shop, 60);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "github-merge-queue[bot]" });
});

it.concurrent("lets no group pass in a freeze that was written meanwhile, and takes ours out of it", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue()]);
  await world.sweep(30);
  const [group] = await groupsOf(shop);
  const config = String(await shop.file("main", ".github/oakum.yml"));
  const freeze = `${config}windows: { merge: { deny: [2026-11-21/2026-11-22] } }\n`;
  await shop.push({ ".github/oakum.yml": freeze });
  const [moved] = await groupsOf(shop);
  // GitHub asks for the group before anybody has heard of the freeze.
  await world.event({ kind: "group", repository: world.idOf(shop), branch: moved?.branch ?? "" }, 0);
  expect(await shop.checks(CHECK, moved?.sha ?? "")).toMatchObject([{ status: "in_progress", title: "Waiting" }]);
  expect(moved?.branch).not.toBe(group?.branch);
  expect(await timeline(shop)).toEqual([IN, OUT]);
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 60);
  expect(await unmerged(world, shop)).toEqual(["outside-window"]);
  await shop.push({ ".github/oakum.yml": config });
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 60);
  await world.event(await pullJob(world, shop), 60);
  expect(await timeline(shop)).toEqual([IN, OUT, IN]);
});

it.concurrent("takes out what configuration stops meanwhile, and lets no group with it pass before that", async (test) => {
  const world = await World.start(test);
  const { shop: observing, dockerfile } = await world.patchedShop({ merge: "auto" }, "observing");
  const wish = { merge: "auto", files: { Dockerfile: dockerfile } } as const;
  const broken = await world.repository("broken", wish);
  const ignoring = await world.repository("ignoring", wish);
  const stricter = await world.repository("stricter", wish);
  const all = [observing, broken, ignoring, stricter];
  for (const repository of all) await ruled(world, repository, [queue()]);
  await world.sweep(30);
  const configs = await Promise.all(all.map(async (one) => String(await one.file("main", ".github/oakum.yml"))));
  const [first = "", second, third, fourth = ""] = configs;
  const written = [
    first.replace("mode: propose", "mode: observe"),
    `${second}modes: none\n`,
    `${third}ignore: [Dockerfile]\n`,
    fourth.replace(/allow: \[.*?\]/, "allow: [major]"),
  ];
  for (const [index, repository] of all.entries()) {
    await repository.push({ ".github/oakum.yml": written[index] ?? "" });
    // GitHub asks for the group before anybody has heard of what was written.
    const [group] = await groupsOf(repository);
    await world.event({ kind: "group", repository: world.idOf(repository), branch: group?.branch ?? "" }, 0);
    expect(await repository.checks(CHECK, group?.sha ?? "")).toMatchObject([{ status: "in_progress" }]);
    expect((await timeline(repository)).slice(0, 2)).toEqual([IN, OUT]);
  }
  for (const repository of all) await world.event({ kind: "repo", repository: world.idOf(repository) }, 60);
  expect(await Promise.all(all.map((one) => unmerged(world, one)))).toEqual([
    ["mode-observe"],
    ["config-invalid"],
    ["ignored"],
    ["change-not-allowed"],
  ]);
  expect((await Promise.all(all.map((one) => one.pull()))).map(({ state }) => state)).toEqual([
    ...["open", "open"],
    ...["closed", "closed"],
  ]);
  await observing.push({ ".github/oakum.yml": first });
  await world.event({ kind: "repo", repository: world.idOf(observing) }, 60);
  expect(await timeline(observing)).toEqual([IN, OUT, IN]);
});

it.concurrent("takes out what is not known to pass any more, and does so too while paused and asked to run again", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await ruled(world, shop, [queue()]);
  await world.sweep(30);
  world.oakum.osvStatus = 503;
  await world.pass(DAY);
  await world.event(await pullJob(world, shop), 0);
  expect([await timeline(shop), await unmerged(world, shop)]).toEqual([
    [IN, OUT],
    ["verdict-missing", "scan-unavailable"],
  ]);
  world.oakum.osvStatus = 200;
  await world.settle(120);
  expect(await timeline(shop)).toEqual([IN, OUT, IN]);

  const { context, clock } = world.oakum;
  await pause(context.store, { by: "operator" }, clock.now);
  const [check] = (await shop.checks(CHECK, (await shop.pull()).headSha)).slice(-1);
  await world.control.post(`checks/${check?.id}`, {});
  await world.event(await pullJob(world, shop), 5);
  expect([await timeline(shop), await unmerged(world, shop)]).toEqual([[IN, OUT, IN, OUT], ["paused"]]);
});

it.concurrent("takes out what it put in when it is paused, and leaves in what a person put there", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop({ merge: "auto" });
  const byHand = await world.repository("by-hand", { merge: "never", files: { Dockerfile: dockerfile } });
  for (const repository of [shop, byHand]) await ruled(world, repository, [queue()]);
  await world.sweep(30);
  const { node_id: id } = await byHand.rest<{ node_id: string }>("GET", `pulls/${(await byHand.pull()).number}`);
  await world.graphql(
    "mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }",
    { id },
  );
  await world.event(await pullJob(world, byHand), 5);
  const { context, clock } = world.oakum;
  await pause(context.store, { by: "operator" }, clock.now);
  await world.settle(30);
  expect([await timeline(shop), await timeline(byHand)]).toEqual([[IN, OUT], [IN]]);
  await answerGroups(world, byHand);
  expect(await byHand.pull()).toMatchObject({ state: "closed" });
  await resume(context.store, { by: "operator" }, clock.now);
  await world.settle(60);
  expect(await timeline(shop)).toEqual([IN, OUT, IN]);
});

it.concurrent("lets no group pass that would bring its pull into another base", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  await shop.point("release", (await shop.branches()).get("main") ?? "");
  const checks = { requiredChecks: [{ context: CHECK, app: APP }] };
  await ruled(world, shop, [queue()], { branch: "release", ...checks });
  const { number } = await shop.pull();
  await shop.rest("PATCH", `pulls/${number}`, { base: "release" });
  const { node_id: id } = await shop.rest<{ node_id: string }>("GET", `pulls/${number}`);
  await world.graphql(
    "mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }",
    { id },
  );
  const [group] = await groupsOf(shop);
  await answerGroups(world, shop);
  expect(await shop.checks(CHECK, group?.sha ?? "")).toMatchObject([
    { conclusion: "failure", summary: expect.stringContaining("is not the one it was opened for") },
  ]);
});
