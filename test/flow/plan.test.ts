import { expect, it } from "vitest";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { configOf } from "./fixture.ts";
import { World } from "./world.ts";

const MIB = 1024 * 1024;

it.concurrent("acts on no configuration that is wrong or only observes, and says where it is wrong", async (test) => {
  const world = await World.start(test, { ci: false });
  const hostile = '"<script>@octocat`": 1';
  const { shop: wrong } = await world.patchedShop({ more: ["limitz: { open: 1 }", hostile] });
  const files = { Dockerfile: await wrong.file("main", "Dockerfile").then(String) };
  const watching = await world.repository("watching", { mode: "observe", files });
  const silent = await world.repository("silent", { files });
  await silent.push({ ".github/oakum.yml": null });
  const huge = await world.repository("huge", { files });
  await huge.push({ ".github/oakum.yml": `version: 1\n#${"x".repeat(3 * MIB)}\n` });
  await world.look();

  for (const repository of [wrong, huge]) {
    expect(await world.states(repository)).toEqual(["held config-invalid"]);
    const head = (await repository.branches()).get("main") ?? "";
    const [check, ...others] = await repository.checks("oakum/config", head);
    expect(check).toMatchObject({ app: "oakum", status: "completed", conclusion: "failure" });
    expect(others).toEqual([]);
  }
  const [check] = await wrong.checks("oakum/config", (await wrong.branches()).get("main") ?? "");
  const line =
    (await wrong.file("main", ".github/oakum.yml")).toString().split("\n").indexOf("limitz: { open: 1 }") + 1;
  expect(check?.annotations).toContainEqual(
    expect.objectContaining({
      path: ".github/oakum.yml",
      start_line: line,
      annotation_level: "failure",
      message: expect.stringContaining('unknown key "limitz"'),
    }),
  );
  expect(check?.summary).toContain(`\`.github/oakum.yml:${line}:1\``);
  expect(check?.summary).not.toMatch(/<script>|@octocat/);

  for (const repository of [watching, silent]) {
    expect(await world.states(repository)).toEqual(["held mode-observe"]);
    expect(await repository.checks("oakum/config", (await repository.branches()).get("main") ?? "")).toEqual([]);
  }
  for (const repository of [wrong, huge, watching, silent]) {
    expect([...(await repository.branches()).keys()]).toEqual(["main"]);
    expect(await repository.pulls()).toEqual([]);
  }

  const image = `${world.host}/acme/shop`;
  await wrong.push({ ".github/oakum.yml": configOf(image) });
  await world.look();
  expect(await world.states(wrong)).toEqual(["update"]);
  expect(await wrong.pull()).toMatchObject({ state: "open" });
  await wrong.push({ ".github/oakum.yml": configOf(image, { more: ["nonsense"] }) });
  await world.look();
  expect(await wrong.pull()).toMatchObject({ state: "open" });
});

const LONG_PATH = `${"f/".repeat(256)}Dockerfile`;

it.concurrent("reads what it can of hostile files, and says of the others that they are not read", async (test) => {
  const world = await World.start(test, { ci: false });
  const base = world.reference("base", "1.4", await world.publish("base", "1.4", "old"));
  const shop = await world.repository("shop", {
    files: {
      "a/Dockerfile": Buffer.from([0x46, 0x52, 0x4f, 0x4d, 0x20, 0xff, 0xfe, 0x0a]),
      "b/Dockerfile": `FROM ${base}\n#${"x".repeat(2 * MIB)}\n`,
      "c/Dockerfile": { mode: "120000", content: "../d/Dockerfile" },
      "d/Dockerfile": `FROM ${base}\n`,
      "e/Dockerfile": "FR\0M \u202e ${${${ <<EOF\n",
      [LONG_PATH]: `FROM ${base}\n`,
    },
  });
  await world.look();
  const uses = await world.uses(shop);
  expect(uses.map(({ path, state, reason }) => [path, state, reason?.code])).toEqual(
    expect.arrayContaining([
      ["a/Dockerfile", "unsupported", "not-parsed"],
      ["b/Dockerfile", "unsupported", "too-large"],
      ["d/Dockerfile", "current", undefined],
      [LONG_PATH, "unsupported", "too-large"],
    ]),
  );
  expect(uses.filter(({ path }) => path === "c/Dockerfile")).toEqual([]);
  expect(uses.filter(({ path, state }) => path === "e/Dockerfile" && state === "current")).toEqual([]);
});

it.concurrent("forgets repositories that are archived or no longer ours to see", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop({ mode: "observe" });
  const gone = await world.repository("gone", { mode: "observe", files: { Dockerfile: dockerfile } });
  const stays = await world.repository("stays", { mode: "observe", files: { Dockerfile: dockerfile } });
  await world.look();
  expect(await world.store.index.repositories()).toHaveLength(3);

  await shop.archive();
  await world.event({ kind: "repo", repository: world.idOf(shop) });
  expect((await world.store.index.repositories()).map(({ name }) => name)).toEqual(["gone", "stays"]);
  expect(await world.uses(shop)).toEqual([]);
  const repositories = [shop.id, stays.id];
  await world.control.patch(`installations/${world.around.installation}`, { repositories });
  await world.event({ kind: "repo", repository: world.idOf(gone) });
  expect((await world.store.index.repositories()).map(({ name }) => name)).toEqual(["stays"]);
  await world.look();
  expect((await world.store.index.repositories()).map(({ name }) => name)).toEqual(["stays"]);
});

it.concurrent("changes nothing outside when nothing has changed", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  const { done, asked } = world.oakum.acts;
  const before = done.length;
  const entries = (await world.ledger()).length;
  await world.look();
  const already = asked.length;
  await world.look();
  const about = asked.slice(already).filter((question) => !/\?per_page=100$/.test(question));
  // None of those about the pull and its repository counts. GraphQL tells the heads of all, and who edited the pull's body last.
  expect(about.toSorted()).toEqual([
    ...Array(2).fill("200 /graphql"),
    ...Array(11).fill(expect.stringMatching(/^304 (?!.*\/git\/(trees|blobs)\/)/)),
  ]);
  await world.event(world.imageJob("base"));
  await world.event({ kind: "repo", repository: world.idOf(shop) });
  await world.pass(2 * 3600);
  await world.look();
  expect(done.slice(before)).toEqual([]);
  expect(await world.ledger()).toHaveLength(entries);
});

it.concurrent("takes the organisation's configuration from its policy repository", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  await shop.push({ ".github/oakum.yml": null });
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\nmode: propose\n" } });
  const strict = await world.repository("strict", { mode: "observe", files: { Dockerfile: dockerfile } });
  world.oakum.policyRepository = policy.id;
  await world.look();
  expect(await world.states(shop)).toEqual(["held min-age"]);
  expect(await world.states(strict)).toEqual(["held mode-observe"]);
});

it.concurrent("proposes nothing while the organisation's configuration cannot be read", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  world.oakum.policyRepository = 999_999;
  await world.look();
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
  expect(await shop.pulls()).toEqual([]);
  const [check] = await shop.checks("oakum/config", (await shop.branches()).get("main") ?? "");
  expect(check).toMatchObject({ conclusion: "failure", summary: expect.stringContaining("cannot be read") });

  const policy = await world.repository("policy", { mode: "observe", files: { "oakum.yml": "version: 1\n" } });
  world.oakum.policyRepository = policy.id;
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  const [newest] = (await shop.checks("oakum/config", (await shop.branches()).get("main") ?? "")).toReversed();
  expect(newest).toMatchObject({ conclusion: "success" });
});

it.concurrent("says which permission an App lacks that may only look, and goes on once it is accepted", async (test) => {
  const world = await World.start(test, { ci: false });
  const { installation } = world.around;
  const allow = async (level: "read" | "write") => {
    const permissions = { contents: level, pull_requests: level, checks: level };
    await world.control.patch(`installations/${installation}`, { permissions });
  };
  await allow("read");
  const { shop } = await world.patchedShop();
  await world.sweep(60);
  expect(await world.states(shop)).toEqual(["held permission-missing"]);
  const [use] = await world.uses(shop);
  expect(use?.reason?.detail).toMatch(/^to propose, it needs contents: write, pull requests: write, checks: write: /);
  expect(world.oakum.refused).toEqual([]);
  expect(world.oakum.acts.done).toEqual([]);

  // GitHub tells of it by an event, which asks for a sweep.
  await allow("write");
  await world.sweep(60);
  const { number } = await shop.pull();
  expect(await world.states(shop)).toEqual(["update"]);

  // One that is taken away later closes nothing.
  await allow("read");
  await world.publish("base", "1.4", "patched again");
  await world.sweep(60);
  expect(await world.states(shop)).toEqual(["held permission-missing"]);
  expect(await shop.pull()).toMatchObject({ number, state: "open" });
});

it.concurrent("leaves what describes an environment to rollouts, whoever's image it is", async (test) => {
  const world = await World.start(test, { ci: false });
  world.oakum.managers = [...world.oakum.managers, kubernetes];
  world.oakum.environmentOf = ({ name }, path) =>
    name === "shop" && path.startsWith("live/") ? "production" : undefined;
  await world.oakum.start();
  const { shop, dockerfile } = await world.patchedShop();
  const [, image = ""] = /FROM (\S+)/.exec(dockerfile) ?? [];
  const pod = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: ${image}\n`;
  await shop.push({ "live/web.yaml": pod, "base/web.yaml": pod });
  await world.look();

  const uses = await world.uses(shop);
  expect(uses.map(({ path, state, reason }) => [path, state, reason])).toEqual([
    ["Dockerfile", "update", undefined],
    ["base/web.yaml", "update", undefined],
    ["live/web.yaml", "held", { code: "moved-by-rollout", detail: "production" }],
  ]);
});

it.concurrent("knows who owns the file of a use, by the CODEOWNERS that GitHub reads, and the newest of it", async (test) => {
  const world = await World.start(test, { ci: false });
  const { dockerfile } = await world.patchedShop();
  const files = {
    Dockerfile: dockerfile,
    "web/Dockerfile": dockerfile,
    "docs/CODEOWNERS": "* @nobody\n",
    ".github/CODEOWNERS": "* @acme/base\n/web/ @ann ann@acme.test\n",
  };
  const site = await world.repository("site", { mode: "observe", files });
  await world.look();
  const owners = async () => (await world.uses(site)).map((use) => [use.path, use.owners]);
  expect(await owners()).toEqual([
    ["Dockerfile", ["@acme/base"]],
    ["web/Dockerfile", ["@ann", "ann@acme.test"]],
  ]);
  await site.push({ ".github/CODEOWNERS": "/web/\n" });
  await world.event({ kind: "repo", repository: world.idOf(site) }, 0);
  expect(await owners()).toEqual([
    ["Dockerfile", undefined],
    ["web/Dockerfile", undefined],
  ]);
});

it.concurrent("looks again on the day after what a use stands on has ended", async (test) => {
  const world = await World.start(test, { ci: false });
  const base = world.reference("base", "1.4-fedora43", await world.publish("base", "1.4-fedora43", "old"));
  const shop = await world.repository("shop", { files: { Dockerfile: `FROM ${base}\n` } });
  await world.look();
  expect(await world.states(shop)).toEqual(["current"]);
  const ends = Date.UTC(2026, 11, 10);
  await world.pass((ends - world.oakum.clock.now) / 1000 - 1);
  expect(await world.states(shop)).toEqual(["current"]);
  await world.pass(1);
  expect(await world.states(shop)).toEqual(["current end-of-life"]);
});
