import { expect, it } from "vitest";
import { configOf } from "./fixture.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

/** What the ledger says of why merging was last held. */
async function heldFor(world: World, repository: TestRepository): Promise<unknown> {
  const entries = await world.ledger(`pull:github.test/${world.around.installation}/${repository.id}#`);
  return entries.filter(({ transition }) => transition === "merge held").at(-1)?.data.reasons;
}

it.concurrent("merges by itself only what a required check guards, and tidies up", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile, old, patched } = await world.patchedShop({ merge: "auto" });
  const files = { Dockerfile: dockerfile };
  const unguarded = await world.repository("unguarded", { merge: "auto", required: false, files });
  const guarded = await world.repository("guarded", { merge: "auto", files });
  const requiredChecks = [{ context: "lint" }];
  await world.control.post("rulesets", { ...guarded.place, branch: "main", requiredChecks });
  await world.sweep(30);

  const merged = await shop.pull();
  expect(merged).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  expect(String(await shop.file("main", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  expect(await shop.git("log", "-1", "--format=%P", "main")).toContain(merged.headSha);
  expect([...(await shop.branches()).keys()]).toEqual(["main"]);
  expect(await world.states(shop)).toEqual(["current"]);

  expect(await unguarded.pull()).toMatchObject({ state: "open" });
  expect(await heldFor(world, unguarded)).toEqual(["no-required-check"]);

  const waiting = await guarded.pull();
  expect(waiting).toMatchObject({ state: "open" });
  expect(await heldFor(world, guarded)).toBeUndefined();
  await guarded.rest("POST", `statuses/${waiting.headSha}`, { state: "success", context: "lint" });
  await world.look();
  expect(await guarded.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("merges by approval of exactly this head, by someone who may write", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const { number, headSha } = await shop.pull();
  const base = (await shop.branches()).get("main");
  const isOpen = async () => {
    await world.look();
    return (await shop.pull()).state === "open";
  };
  expect(await isOpen()).toBe(true);
  await shop.review(number, "APPROVED", { login: "passer-by", permission: "read" });
  expect(await isOpen()).toBe(true);
  await shop.review(number, "APPROVED", { login: "early-bird", commit: base ?? "" });
  expect(await isOpen()).toBe(true);
  await expect(shop.review(number, "APPROVED", { login: "oakum[bot]" })).rejects.toThrow("your own pull request");
  await shop.review(number, "CHANGES_REQUESTED", { login: "critic" });
  await shop.review(number, "APPROVED", { login: "reviewer" });
  expect(await isOpen()).toBe(true);
  expect(await heldFor(world, shop)).toEqual(["changes-requested"]);
  await shop.review(number, "APPROVED", { login: "critic" });
  expect(await isOpen()).toBe(false);
  expect(await shop.pull()).toMatchObject({ mergedBy: "oakum[bot]", headSha });
});

it.concurrent("does not merge what has changed since it was judged", async (test) => {
  const world = await World.start(test);
  const { shop: moved, dockerfile } = await world.patchedShop({ merge: "approval" }, "moved");
  const wish = { merge: "approval", files: { Dockerfile: dockerfile } } as const;
  const tampered = await world.repository("tampered", wish);
  const retargeted = await world.repository("retargeted", wish);
  const set = await world.repository("set", wish);
  const quiet = await world.repository("quiet", wish);
  await world.sweep(30);
  const all = [moved, tampered, retargeted, set, quiet];
  for (const repository of all) await repository.review((await repository.pull()).number, "APPROVED");
  const { head, headSha, number } = await tampered.pull();

  await tampered.push({ "src/app.js": "evil()\n" }, { branch: head, force: true });
  await tampered.push({ "src/app.js": null }, { branch: head });
  await retargeted.point("next", (await retargeted.branches()).get("main") ?? "");
  await retargeted.rest("PATCH", `pulls/${(await retargeted.pull()).number}`, { base: "next" });
  await set.push({ ".github/oakum.yml": configOf(`${world.host}/acme/set`, { merge: "never" }) });
  await quiet.push({
    ".github/oakum.yml": configOf(`${world.host}/acme/quiet`, { merge: "approval", mode: "observe" }),
  });
  for (const repository of [tampered, retargeted, set, quiet]) {
    const branch = (await repository.pull()).head;
    await world.event({ kind: "pull", repository: world.idOf(repository), branch }, 10);
  }
  await world.publish("base", "1.4", "patched again");
  await world.event({ kind: "pull", repository: world.idOf(moved), branch: (await moved.pull()).head }, 0);

  for (const repository of all) expect(await repository.pull()).toMatchObject({ state: "open", mergedBy: null });
  expect(await heldFor(world, moved)).toEqual(["tag-moved"]);
  expect(await heldFor(world, retargeted)).toContain("base-moved");
  expect(await heldFor(world, set)).toContain("merge-never");
  expect((await world.ledger(`pull:github.test/${world.around.installation}/${tampered.id}#`)).at(-1)).toMatchObject({
    transition: "left to its new author",
  });

  // The tag that moved was seen on the way, and the head made anew for it.
  await world.settle(30);
  const anew = await moved.pull();
  expect(anew).toMatchObject({ state: "open", number });
  expect(anew.headSha).not.toBe(headSha);
  await moved.review(anew.number, "APPROVED");
  await world.look();
  expect(await moved.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("merges nothing into another base, opens no second pull meanwhile, and goes on when the base is back", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const { number, headSha } = await shop.pull();
  await shop.point("next", (await shop.branches()).get("main") ?? "");
  await shop.rest("PATCH", `pulls/${number}`, { base: "next" });
  await shop.review(number, "APPROVED");
  await world.sweep(30);
  expect(await shop.pulls()).toMatchObject([{ number, headSha, base: "next", state: "open" }]);
  expect(await heldFor(world, shop)).toEqual(["base-moved"]);
  await shop.rest("PATCH", `pulls/${number}`, { base: "main" });
  await world.sweep(30);
  expect(await shop.pulls()).toMatchObject([{ number, headSha, state: "closed", mergedBy: "oakum[bot]" }]);
});

it.concurrent("knows an older head of its own from the one that was judged, and takes a 409 as news", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  await world.sweep(30);
  const old = await shop.pull();
  await world.publish("base", "1.4", "patched again");
  await world.sweep(30);
  const { head, headSha, number } = await shop.pull();
  expect(headSha).not.toBe(old.headSha);
  await shop.point(head, old.headSha, true);
  await shop.review(number, "APPROVED");
  await world.event({ kind: "pull", repository: world.idOf(shop), branch: head }, 30);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha: old.headSha });
  expect((await world.transitions("pull:")).at(-1)).toBe("verdict fail");
  await world.look();
  const anew = await shop.pull();
  expect(anew.headSha).not.toBe(old.headSha);
  await world.settle(30);

  await shop.review(number, "APPROVED");
  const merge = world.oakum.context.github.pulls.merge;
  let foreign = "";
  Object.assign(world.oakum.context.github.pulls, {
    merge: async (...args: Parameters<typeof merge>) => {
      foreign ||= await shop.push({ "src/app.js": "late()\n" }, { branch: head });
      return merge(...args);
    },
  });
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open", headSha: foreign, mergedBy: null });
  expect(world.oakum.refused).toEqual([]);
  expect((await world.transitions("pull:")).at(-1)).toBe("left to its new author");
});

it.concurrent("follows a merge that a person did", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "never" });
  await world.sweep(30);
  const { number, head } = await shop.pull();
  const { sha } = await shop.merge(number);
  await world.event({ kind: "pull", repository: world.idOf(shop), branch: head }, 60);
  expect((await shop.branches()).has(head)).toBe(false);
  expect(await world.transitions("release:")).toEqual(["released"]);
  expect(await world.store.rollouts.release(world.idOf(shop), sha)).toMatchObject({ merge: sha });

  await world.publish("base", "1.4", "patched again");
  await world.sweep(30);
  const second = (await shop.pulls()).at(1);
  expect(second).toMatchObject({ state: "open", head });
  await shop.merge(second?.number ?? 0);
  await world.control.post("branches/delete", { ...shop.place, branch: head });
  await world.sweep(60);
  expect(await world.transitions("release:")).toEqual(["released", "released"]);
  expect(await shop.git("log", "--format=%an", "main")).toContain("oakum[bot]");
});

it.concurrent("says in GitHub's words why it refuses, and asks again only when something happens", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  const message = "At least 1 approving review is required by reviewers with write access.";
  const answer = { method: "PUT", path: "^/repos/acme/shop/pulls/", status: 405, body: { message } };
  await world.control.post("faults", { respond: { ...answer, times: 100 } });
  await world.sweep(30);
  const tries = async () => {
    const { requests } = await world.control.get<{ readonly requests: readonly { status: number }[] }>("requests");
    return requests.filter(({ status }) => status === 405).length;
  };
  const before = await tries();
  await world.pass(7200);
  expect(await tries()).toBe(before);
  const { state, headSha: head } = await shop.pull();
  expect(state).toBe("open");
  expect(await heldFor(world, shop)).toEqual(["merge-refused"]);
  const [record] = await world.store.pulls.list(world.idOf(shop));
  const reasons = [{ code: "merge-refused", detail: expect.stringContaining(message) }];
  expect(record?.unmerged).toEqual({ head, reasons });

  await world.control.delete("faults");
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});
