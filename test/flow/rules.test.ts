import { expect, it } from "vitest";
import { configOf } from "./fixture.ts";
import type { TestRepository } from "./repository.ts";
import { answerGroups, groupsOf, pullJob, queue, reviews, ruled, unmerged } from "./rules.ts";
import { OTHER_APP } from "./surroundings.ts";
import { World } from "./world.ts";

const SIGNED = { type: "required_signatures" };
const LINEAR = { type: "required_linear_history" };

/** What the check about rules says on main. */
async function told(repository: TestRepository) {
  const main = (await repository.branches()).get("main") ?? "";
  return (await repository.checks("oakum/rules", main)).map(({ conclusion, summary }) => ({ conclusion, summary }));
}

it.concurrent("merges in the way that settings and rules leave, with commits that GitHub signed", async (test) => {
  const world = await World.start(test);
  const { shop: squashed, dockerfile } = await world.patchedShop({ merge: "auto" }, "squashed");
  const files = { Dockerfile: dockerfile };
  const rebased = await world.repository("rebased", { merge: "auto", files });
  const listed = await world.repository("listed", { merge: "auto", files });
  await ruled(world, squashed, [LINEAR, SIGNED]);
  await world.control.patch(`repositories/${rebased.id}`, { methods: ["rebase"] });
  await ruled(world, listed, [reviews({ allowed_merge_methods: ["squash"] })]);
  await world.sweep(60);
  for (const repository of [squashed, rebased, listed]) {
    expect(await repository.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
    expect(await repository.git("rev-list", "--merges", "main")).toBe("");
  }
  expect(await told(squashed)).toEqual([]);
});

it.concurrent("takes as many approvals as the rules ask for, of this head, by people who may write", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  const parameters = { required_approving_review_count: 2, dismiss_stale_reviews_on_push: true };
  await ruled(world, shop, [reviews(parameters)], { kind: "protection" });
  await world.sweep(30);
  const { number } = await shop.pull();
  const look = async () => {
    await world.event(await pullJob(world, shop), 5);
    return unmerged(world, shop);
  };
  await shop.review(number, "APPROVED", { login: "ann" });
  await shop.review(number, "APPROVED", { login: "passer-by", permission: "read" });
  expect(await look()).toEqual(["approval-missing"]);
  await world.publish("base", "1.4", "patched again");
  await world.sweep(60);
  await shop.review(number, "APPROVED", { login: "bob" });
  expect(await look()).toEqual(["approval-missing"]);
  await shop.review(number, "APPROVED", { login: "ann" });
  await look();
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("says at the first proposal which rules it can never meet, and that they are gone", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop({ merge: "auto" });
  const reserved = await world.repository("reserved", { merge: "auto", files: { Dockerfile: dockerfile } });
  const plain = await world.repository("plain", { files: { Dockerfile: dockerfile } });
  const quiet = await world.repository("quiet", {
    mode: "observe",
    required: false,
    files: { Dockerfile: dockerfile },
  });
  const environments = { required_deployment_environments: ["qa"] };
  const id = await ruled(world, shop, [
    reviews({ required_approving_review_count: 1, require_code_owner_review: true }),
    { type: "required_deployments", parameters: environments },
    { type: "update", parameters: { update_allows_fetch_and_merge: false } },
  ]);
  await world.control.patch(`repositories/${plain.id}`, { methods: ["rebase"] });
  await ruled(world, plain, [SIGNED]);
  // Reserving our branches for us is no hindrance; forbidding them to us is.
  await ruled(world, plain, [{ type: "creation" }], { branch: "oakum/**", bypass: ["oakum[bot]"] });
  await ruled(world, reserved, [{ type: "creation" }], { branch: "oakum/**" });
  await world.look();
  await world.look();
  const [check, ...others] = await told(shop);
  expect(others).toEqual([]);
  expect(check?.conclusion).toBe("neutral");
  for (const part of ["requires approvals", "1 needed, code owners", "deployment", "qa", "only some update"]) {
    expect(check?.summary).toContain(part);
  }
  expect((await told(reserved))[0]?.summary).toContain("rules keep Oakum from pushing to its own branches (creation)");
  expect(await reserved.pulls()).toEqual([]);
  expect((await told(plain))[0]?.summary).toContain("leave no way to merge");
  expect(await plain.pull()).toMatchObject({ state: "open" });
  expect(await told(quiet)).toEqual([]);

  await world.control.patch(`rulesets/${id}`, { rules: [] });
  await world.look();
  expect((await told(shop)).map(({ conclusion }) => conclusion)).toEqual(["neutral", "success"]);
});

it.concurrent("says of a required check that its App is nowhere to be seen, until something of it is", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop({ merge: "auto" });
  const files = { Dockerfile: dockerfile };
  const served = await world.repository("served", { merge: "auto", files });
  const foreign = (app: number) => ({ requiredChecks: [{ context: "lint", app }] });
  await ruled(world, served, [], foreign(OTHER_APP));
  await served.push({ "README.md": "Read me\n" });
  await ruled(world, shop, [], foreign(9999));
  await world.look();
  expect(await told(served)).toEqual([]);
  const [check, ...others] = await told(shop);
  expect(others).toEqual([]);
  expect(check?.summary).toContain(
    "on its newest pull requests; install it, or have the rule name another (lint by App 9999)",
  );
  // Who only writes statuses has no check suite, but says its name.
  const main = (await shop.branches()).get("main") ?? "";
  await shop.rest("POST", `statuses/${main}`, { state: "success", context: "lint" });
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 5);
  expect((await told(shop)).map(({ conclusion }) => conclusion)).toEqual(["neutral", "success"]);
});

it.concurrent("looks at the rules again at the merge, never uses a bypass, and waits for what only GitHub can tell", async (test) => {
  const world = await World.start(test);
  const { shop: changed, dockerfile } = await world.patchedShop({ merge: "auto" }, "changed");
  const files = { Dockerfile: dockerfile };
  const bypass = await world.repository("bypass", { merge: "auto", files });
  const unknown = await world.repository("unknown", { merge: "auto", files });
  const pinned = await world.repository("pinned", { merge: "auto", files });
  await ruled(world, bypass, [], { requiredChecks: [{ context: "lint" }], bypass: ["oakum[bot]"] });
  const opaque = await ruled(world, unknown, [{ type: "code_scanning", parameters: { code_scanning_tools: [] } }]);
  await ruled(world, pinned, [], { requiredChecks: [{ context: "lint", app: OTHER_APP }] });
  // Between the verdict and the merge.
  const { rules } = world.oakum.context.github.branches;
  let asked = false;
  Object.assign(world.oakum.context.github.branches, {
    rules: async (...place: Parameters<typeof rules>) => {
      const isFirst = place[0].name === "changed" && (await changed.pulls()).length > 0 && !asked;
      const [head] = isFirst ? await changed.checks("oakum", (await changed.pull()).headSha) : [];
      if (head?.conclusion === "success") {
        asked = true;
        await ruled(world, changed, [reviews({ required_approving_review_count: 1 })]);
      }
      return rules(...place);
    },
  });
  await world.sweep(60);
  expect(asked).toBe(true);
  for (const repository of [changed, bypass, unknown, pinned]) {
    expect(await repository.pull()).toMatchObject({ state: "open", mergedBy: null });
  }
  expect(await unmerged(world, changed)).toEqual(["approval-missing"]);
  expect(await unmerged(world, bypass)).toEqual(["checks-missing"]);
  expect(await unmerged(world, unknown)).toEqual(["rule-pending"]);
  // A status of the right name, by whom anyone may be, is not the App's check.
  const { headSha } = await pinned.pull();
  await pinned.rest("POST", `statuses/${headSha}`, { state: "success", context: "lint" });
  await world.event(await pullJob(world, pinned), 5);
  expect(await unmerged(world, pinned)).toEqual(["checks-missing"]);

  await world.control.patch(`rulesets/${opaque}`, { rules: [] });
  await world.event(await pullJob(world, unknown), 5);
  expect(await unknown.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("waits while GitHub computes whether the branch merges, for a minute if need be", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  const { get } = world.oakum.context.github.pulls;
  const from = world.oakum.clock.now;
  Object.assign(world.oakum.context.github.pulls, {
    get: async (...place: Parameters<typeof get>) => {
      const { mergeable: _, ...pull } = await get(...place);
      return world.oakum.clock.now < from + 60_000 ? pull : get(...place);
    },
  });
  await world.sweep(50);
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(await unmerged(world, shop)).toEqual(["mergeable-unknown"]);
  await world.settle(30);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("does not merge what its tag does not name any more, and does when it is back", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const { number, headSha } = await shop.pull();
  await shop.review(number, "APPROVED");
  // The sandbox's registry deletes no tags: it is asked as if it had.
  const { resolve } = world.oakum.context.registry;
  let isGone = true;
  Object.assign(world.oakum.context.registry, {
    resolve: async (...asked: Parameters<typeof resolve>) =>
      isGone && asked[0].tag === "1.4" && asked[0].digest === undefined ? undefined : resolve(...asked),
  });
  await world.event(await pullJob(world, shop), 5);
  expect(await shop.pull()).toMatchObject({ mergedBy: null, headSha });
  expect(await unmerged(world, shop)).toEqual(["tag-moved"]);
  isGone = false;
  await world.look();
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]", headSha });
});

it.concurrent("answers neutrally on others' pulls where the base requires its check, once a head, and never on one of its own", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop();
  const free = await world.repository("free", { required: false, files: { Dockerfile: dockerfile } });
  world.build = async () => "failure";
  await world.sweep(30);
  const ours = await shop.pull();
  expect(await shop.checks("oakum", ours.headSha)).toMatchObject([{ conclusion: "failure" }]);
  const open = async (repository: TestRepository, head: string) => {
    const pull = { ...repository.place, login: "octocat", head, title: `Pull of ${head}` };
    return (await world.control.post<{ number: number }>("pulls", pull)).number;
  };
  const answer = (repository: TestRepository, number: number) =>
    world.event({ kind: "answer", repository: world.idOf(repository), number }, 0);
  const checked = async (repository: TestRepository, sha: string) =>
    (await repository.checks("oakum", sha)).map(({ conclusion }) => conclusion);

  const feature = await shop.push({ "README.md": "Read me\n" }, { branch: "feature", from: "main" });
  const number = await open(shop, "feature");
  for (let again = 0; again < 3; again += 1) await answer(shop, number);
  expect(await checked(shop, feature)).toEqual(["neutral"]);
  const next = await shop.push({ "README.md": "Read me twice\n" }, { branch: "feature" });
  // Its event was lost: a look at the repository finds it.
  await world.look();
  expect(await checked(shop, next)).toEqual(["neutral"]);

  // Our failed head, proposed once more from a branch of theirs, stays failed.
  await shop.point("copy", ours.headSha);
  await answer(shop, await open(shop, "copy"));
  expect(await checked(shop, ours.headSha)).toEqual(["failure"]);
  const foreign = await shop.push({ "src/app.js": "evil()\n" }, { branch: ours.head });
  await answer(shop, ours.number);
  expect(await checked(shop, foreign)).toEqual([]);

  const unasked = await free.push({ "README.md": "Read me\n" }, { branch: "feature", from: "main" });
  await answer(free, await open(free, "feature"));
  expect(await checked(free, unasked)).toEqual([]);
});

it.concurrent("keeps a head that is in the merge queue while a newer candidate fixes no more, and it merges", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", allow: "digest, patch, minor" });
  await ruled(world, shop, [queue()]);
  await world.sweep(30);
  const { headSha } = await shop.pull();
  expect(await unmerged(world, shop)).toEqual(["queued"]);
  await world.publish("base", "1.5", "patched");
  await world.sweep(5);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
  expect(await groupsOf(shop)).toHaveLength(1);
  await answerGroups(world, shop, 60);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "github-merge-queue[bot]", headSha });
});

it.concurrent("keeps a head that is gated or approved while a newer candidate fixes no more", async (test) => {
  const world = await World.start(test);
  const wish = { merge: "approval", allow: "digest, patch, minor" } as const;
  const { shop: pending, dockerfile } = await world.patchedShop(wish, "pending");
  const files = { Dockerfile: dockerfile };
  const passed = await world.repository("passed", { ...wish, files });
  // Without a build a head is held, which nothing freezes.
  const config = configOf("none", wish).replace(/builds:\n.*\n/, "");
  const unbuilt = { ...files, ".github/oakum.yml": config };
  const held = await world.repository("held", { ...wish, files: unbuilt });
  const approved = await world.repository("approved", { ...wish, files: unbuilt });
  const all = [pending, passed, held, approved];
  const { build } = world;
  world.build = async (job) => (job.branch !== "main" && job.name === "pending" ? "queued" : build(job));
  await world.sweep(30);
  const heads = await Promise.all(all.map(async (repository) => (await repository.pull()).headSha));
  await approved.review((await approved.pull()).number, "APPROVED");

  await world.publish("base", "1.5", "patched");
  await world.sweep(5);
  const now = await Promise.all(all.map(async (repository) => (await repository.pull()).headSha));
  const kept = now.map((head, index) => head === heads[index]);
  expect(Object.fromEntries(all.map(({ name }, index) => [name, kept[index]]))).toEqual({
    pending: true,
    passed: true,
    held: false,
    approved: true,
  });
  // What can never merge is not kept, whoever approved it.
  await world.publish("base", "1.4", "patched again");
  await world.sweep(5);
  expect((await approved.pull()).headSha).not.toBe(heads[3]);
});
