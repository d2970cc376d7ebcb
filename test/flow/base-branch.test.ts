import { expect, it } from "vitest";
import type { TestRepository } from "./repository.ts";
import { pullJob, ruled, strict, unmerged } from "./rules.ts";
import { World } from "./world.ts";

const update = (repository: TestRepository, number: number) =>
  repository.rest("PUT", `pulls/${number}/update-branch`, {});

it.concurrent('goes on with the head that a person\'s "Update branch" made, and gates it anew', async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile, old, patched } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const first = await shop.pull();
  await shop.review(first.number, "APPROVED");
  const base = await shop.push({ "README.md": "Read me\n" });
  await update(shop, first.number);
  const updated = await shop.pull();
  expect(updated.headSha).not.toBe(first.headSha);
  // Whichever comes first: the event about the pull, or the look at the repository.
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  expect((await shop.checks("oakum", updated.headSha)).length).toBeGreaterThan(0);
  await world.sweep(60);
  expect(await shop.checks("oakum", updated.headSha)).toMatchObject([{ conclusion: "success" }]);
  // It changes what the approved head changed, so the approval holds.
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]", headSha: updated.headSha });
  expect(String(await shop.file("main", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  const [record] = await world.store.pulls.list(world.idOf(shop));
  expect(record).toMatchObject({ baseSha: base, heads: [first.headSha, updated.headSha] });
  expect(await world.transitions("pull:")).toContain("base merged in by a person");
});

it.concurrent("takes no other merge into our branch for that", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop({ merge: "approval" });
  const edited = await world.repository("edited", { merge: "approval", files: { Dockerfile: dockerfile } });
  await world.sweep(30);
  const [ours, theirs] = [await shop.pull(), await edited.pull()];
  const merge = async (repository: TestRepository, parents: readonly string[], from: string) => {
    const { tree } = await repository.rest<{ tree: { sha: string } }>("GET", `git/commits/${from}`);
    const body = { message: "Merge branch 'main'", tree: tree.sha, parents };
    const { sha } = await repository.rest<{ sha: string }>("POST", "git/commits", body);
    const { head } = await repository.pull();
    await repository.point(head, sha);
    return sha;
  };
  // A base that the base branch does not have, which brings its own along: our edits over it look clean.
  const evil = await shop.push({ "src/app.js": "evil()\n" }, { branch: "feature", from: "main" });
  const mixed = await shop.push({ "src/app.js": "evil()\n" }, { branch: "mixed", from: ours.headSha });
  const smuggled = await merge(shop, [ours.headSha, evil], mixed);
  // The base itself, with more than it in the merge.
  await edited.push({ "README.md": "Read me\n" });
  const base = (await edited.branches()).get("main") ?? "";
  const more = await edited.push({ "src/app.js": "evil()\n" }, { branch: "more", from: theirs.headSha });
  const tampered = await merge(edited, [theirs.headSha, base], more);
  await world.sweep(60);
  for (const [repository, head] of [
    [shop, smuggled],
    [edited, tampered],
  ] as const) {
    await repository.review((await repository.pull()).number, "APPROVED");
    await world.event(await pullJob(world, repository), 30);
    expect(await repository.pull()).toMatchObject({ state: "open", headSha: head, mergedBy: null });
    expect(await repository.checks("oakum", head)).toEqual([]);
    expect(await world.states(repository)).toEqual(["held foreign-commits"]);
  }
  expect((await world.transitions("pull:")).filter((one) => one === "left to its new author")).toHaveLength(2);
});

it.concurrent("merges the base in where checks are strict, one pull at a time, and keeps what people said", async (test) => {
  const world = await World.start(test);
  const old = {
    base: await world.publish("base", "1.4", "old"),
    runtime: await world.publish("runtime", "3.2", "old"),
  };
  const copied = `COPY --from=${world.reference("runtime", "3.2", old.runtime)} /lib /lib`;
  const lines = [
    `FROM ${world.reference("base", "1.4", old.base)}`,
    "RUN one",
    "RUN two",
    "RUN three",
    "RUN four",
    copied,
  ];
  const files = { Dockerfile: `${lines.join("\n")}\n` };
  const wish = { merge: "approval", required: false, more: ["limits: { open: 5, perHour: 9 }"], files } as const;
  const shop = await world.repository("shop", wish);
  await ruled(world, shop, [strict]);
  await world.publish("base", "1.4", "patched");
  await world.publish("runtime", "3.2", "patched");
  await world.sweep(60);
  const before = await shop.pulls();
  expect(before).toHaveLength(2);
  await shop.push({ "README.md": "Read me\n" });
  for (const { number } of before) await shop.review(number, "APPROVED");
  const { build } = world;
  world.build = async () => "queued";
  await world.look();
  const moved = (await shop.pulls()).filter(({ headSha }) => !before.some((one) => one.headSha === headSha));
  expect(moved).toHaveLength(1);
  const [first] = moved;
  const main = (await shop.branches()).get("main");
  expect(await shop.git("log", "-1", "--format=%P %cn", first?.headSha ?? "")).toMatch(new RegExp(` ${main} GitHub$`));
  expect(await shop.git("diff", "--name-only", "main", first?.headSha ?? "")).toBe("Dockerfile");
  world.build = build;
  await world.sweep(120);
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 120);
  expect((await shop.pulls()).map(({ state, mergedBy }) => [state, mergedBy])).toEqual([
    ["closed", "oakum[bot]"],
    ["closed", "oakum[bot]"],
  ]);
  expect(await shop.git("log", "--merges", "--format=%s", "main")).toContain("Merge main into");
});

it.concurrent("is not stuck by a process that dies over merging the base in", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", required: false });
  const { build } = world;
  world.build = async () => "queued";
  await ruled(world, shop, [strict]);
  await world.look();
  await shop.push({ "README.md": "Read me\n" });
  world.build = build;
  let deaths = 0;
  while (await world.oakum.dieAfter(3, () => world.sweep(120))) deaths += 1;
  expect(deaths).toBeGreaterThan(1);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  expect(await unmerged(world, shop)).toEqual(["behind-base"]);
  expect((await world.transitions("pull:")).filter((one) => one === "merged")).toHaveLength(1);
});

it.concurrent("takes a deleted branch for a refusal by who may write, and makes it anew when it is opened again", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  const { head, headSha, number } = await shop.pull();
  await world.control.post("branches/delete", { ...shop.place, branch: head });
  await world.look();
  expect(await world.states(shop)).toEqual(["held refused"]);
  expect(await world.transitions("pull:")).toContain("refused");
  await shop.point(head, headSha);
  await world.control.post("pulls/reopen", { ...shop.place, number, login: "octocat" });
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
});
