import { expect, it } from "vitest";
import { dockerfile as manager } from "../../src/manager/dockerfile/dockerfile.ts";
import { configOf } from "./fixture.ts";
import { World } from "./world.ts";

it.concurrent("opens one pull per group within the limits, and changes nothing but the references", async (test) => {
  const world = await World.start(test, { ci: false });
  const digests = {
    base: await world.publish("base", "1.4", "old"),
    runtime: await world.publish("runtime", "3.2", "old"),
    third: await world.publish("third", "1.0", "old"),
  };
  const files = {
    Dockerfile: `FROM ${world.reference("base", "1.4", digests.base)}\nCOPY . /srv\n`,
    "run/Dockerfile": {
      mode: "100755",
      content: `\uFEFF# Töpfe\r\nFROM ${world.reference("runtime", "3.2", digests.runtime)} AS run\r\n\r\nRUN true`,
    },
    "third/Dockerfile": `FROM ${world.reference("third", "1.0", digests.third)}\n`,
  };
  const shop = await world.repository("shop", { files, more: ["limits: { open: 2, perHour: 10 }"] });
  const till = await world.repository("till", { files, more: ["limits: { open: 5, perHour: 1 }"] });
  const patched = {
    base: await world.publish("base", "1.4", "patched"),
    runtime: await world.publish("runtime", "3.2", "worse"),
    third: await world.publish("third", "1.0", "patched again"),
  };
  await world.look();

  const pulls = await shop.pulls();
  expect(pulls).toHaveLength(2);
  expect((await world.states(shop)).toSorted()).toEqual(["held limit-open", "update", "update"]);
  expect((await world.states(till)).toSorted()).toEqual(["held limit-rate", "held limit-rate", "update"]);
  for (const { head, headSha, base, author, title } of pulls) {
    expect(head).toMatch(/^oakum\/main\/[a-z0-9-]+-[0-9a-f]{8}$/);
    expect({ base, author }).toEqual({ base: "main", author: "oakum[bot]" });
    expect(title).toMatch(/^Update (base|runtime|third) /);
    // GitHub signs only what has no author of its own: then it names the App and itself.
    expect(await shop.git("log", "-1", "--format=%an %cn %P", headSha)).toBe(
      `oakum[bot] GitHub ${(await shop.branches()).get("main")}`,
    );
  }
  const branches = [...(await shop.branches()).keys()].filter((name) => name !== "main");
  expect(branches.toSorted()).toEqual(pulls.map(({ head }) => head).toSorted());

  const run = pulls.find(({ head }) => head.includes("runtime"))?.headSha ?? "";
  expect(await shop.git("diff", "--name-status", "main", run)).toBe("M\trun/Dockerfile");
  expect(await shop.git("ls-tree", run, "run/Dockerfile")).toMatch(/^100755 /);
  const expected = files["run/Dockerfile"].content.replace(digests.runtime, patched.runtime);
  expect((await shop.file(run, "run/Dockerfile")).equals(Buffer.from(expected))).toBe(true);

  await shop.close(pulls[0]?.number ?? 0);
  await world.look();
  expect((await shop.pulls()).filter(({ state }) => state === "open")).toHaveLength(2);
  expect((await world.states(shop)).toSorted()).toEqual(["held refused", "update", "update"]);
  await world.pass(3600);
  expect(await till.pulls()).toHaveLength(2);
});

it.concurrent("refreshes in place, takes a person's no for exactly what it was said to, and closes what is obsolete", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched, dockerfile } = await world.patchedShop({ more: ["limits: { open: 3, perHour: 3 }"] });
  await world.sweep();
  const first = await shop.pull();
  expect(await shop.checks("oakum", first.headSha)).toMatchObject([{ conclusion: "success" }]);
  world.build = async () => "queued";

  const again = await world.publish("base", "1.4", "patched again");
  // The branch does not move at the first try, when the commit is on record already.
  const { fetch } = world.oakum.acts;
  let lost = 0;
  world.oakum.acts.fetch = async (input, init) => {
    if (lost > 0 || !String(init?.body).includes("updateRefs")) return fetch(input, init);
    lost += 1;
    return new Response("", { status: 502 });
  };
  await world.oakum.start();
  await world.sweep(5);
  expect(lost).toBe(1);
  const refreshed = await shop.pull();
  expect(refreshed).toMatchObject({ number: first.number, title: first.title, head: first.head, state: "open" });
  expect(refreshed.headSha).not.toBe(first.headSha);
  expect(String(await shop.file(refreshed.headSha, "Dockerfile"))).toBe(dockerfile.replace(old, again));
  expect(refreshed.body).toContain(again.slice(0, 19));

  await shop.close(refreshed.number);
  await world.look();
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed" });
  expect(await world.states(shop)).toEqual(["held refused"]);
  expect(await world.transitions("pull:")).toContain("refused");

  await world.publish("base", "1.4", "patched");
  await world.look();
  const [, second, ...others] = await shop.pulls();
  expect(others).toEqual([]);
  expect(second).toMatchObject({ state: "open", head: first.head });
  expect(String(await shop.file(second?.headSha ?? "", "Dockerfile"))).toBe(dockerfile.replace(old, patched));

  await shop.push({ Dockerfile: dockerfile.replace(old, patched) });
  await world.look();
  expect(await shop.pulls()).toMatchObject([{ state: "closed" }, { state: "closed", closedBy: "oakum[bot]" }]);
  expect([...(await shop.branches()).keys()]).toEqual(["main"]);
  expect(await world.states(shop)).toEqual(["current"]);

  await shop.push({ Dockerfile: dockerfile });
  await world.look();
  expect((await shop.pulls()).at(2)).toMatchObject({ state: "open", head: first.head });
});

it.concurrent("makes a head anew that conflicts with its base, and only then", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched, dockerfile } = await world.patchedShop();
  await world.look();
  const first = await shop.pull();
  await shop.push({ "README.md": "Read me\n" });
  await world.look();
  expect(await shop.pull()).toMatchObject({ headSha: first.headSha });

  const changed = dockerfile.replace("COPY . /srv", "COPY . /app");
  await shop.push({ Dockerfile: changed });
  await world.look();
  const anew = await shop.pull();
  expect(anew).toMatchObject({ number: first.number, state: "open" });
  expect(String(await shop.file(anew.headSha, "Dockerfile"))).toBe(changed.replace(old, patched));
});

it.concurrent("never touches what is someone else's, and holds what it cannot prove", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  const till = await world.repository("till", { files: { Dockerfile: dockerfile } });
  const odd = await world.repository("odd", { files: { Dockerfile: dockerfile, "odd/Dockerfile": dockerfile } });
  world.oakum.managers = [
    {
      ...manager,
      edit: (files, changes) => {
        const edits = manager.edit(files, changes);
        return files.has("odd/Dockerfile") && !("state" in edits) ? edits.slice(1) : edits;
      },
    },
  ];
  await world.oakum.start();
  await world.look();
  const { head, headSha, number } = await shop.pull();
  expect(await world.states(odd)).toEqual(["held edit-not-proved", "held edit-not-proved"]);
  expect(await odd.pulls()).toEqual([]);

  const foreign = await shop.push({ "src/app.js": "evil()\n" }, { branch: head });
  await till.close((await till.pull()).number);
  await world.control.post("branches/delete", { ...till.place, branch: head });
  const theirs = await till.push({ "src/app.js": "mine()\n" }, { branch: head, from: "main" });
  await world.publish("base", "1.4", "patched again");
  await world.look();
  await world.look();

  expect(await shop.pull()).toMatchObject({ number, state: "open", headSha: foreign });
  expect(await world.states(shop)).toEqual(["held foreign-commits"]);
  expect(await shop.checks("oakum", foreign)).toEqual([]);
  expect(await world.transitions("pull:")).toContain("left to its new author");
  expect((await till.branches()).get(head)).toBe(theirs);
  expect(await till.pull()).toMatchObject({ state: "closed" });
  expect(await world.states(till)).toEqual(["held foreign-commits"]);

  await shop.push({ ".github/oakum.yml": configOf(`${world.host}/acme/shop`, { allow: "patch" }) });
  await shop.point(head, headSha, true);
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "closed", closedBy: "oakum[bot]" });
});

it.concurrent("keeps its pulls through an outage, and takes a reopened one up again", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  const { number, headSha } = await shop.pull();
  await world.around.outage(() => world.look());
  expect(await world.states(shop)).toEqual(["held registry-unavailable"]);
  expect(await shop.pull()).toMatchObject({ state: "open", headSha });
  await world.settle();
  expect(await world.states(shop)).toEqual(["update"]);

  await shop.close(number);
  await world.look();
  expect(await world.states(shop)).toEqual(["held refused"]);
  await world.control.post("pulls/reopen", { ...shop.place, number, login: "octocat" });
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await world.transitions("pull:")).toContain("reopened");
  expect(await world.store.pulls.list(world.idOf(shop))).toMatchObject([{ state: "open", number }]);
});

it.concurrent("leaves a pull open whose next candidate cannot be proved", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  const { number, headSha } = await shop.pull();
  world.oakum.managers = [{ ...manager, edit: () => [] }];
  await world.oakum.start();
  await world.publish("base", "1.4", "patched again");
  await world.look();
  expect(await shop.pull()).toMatchObject({ number, headSha, state: "open" });
  expect(await world.states(shop)).toEqual(["held edit-not-proved"]);
});
