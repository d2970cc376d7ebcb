import { expect, it } from "vitest";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import type { Manager } from "../../src/manager/manager.ts";
import { World } from "./world.ts";

const NAMES = ["a", "b", "c", "d", "e"];

/** The names of the App's questions about one repository while `work` is done, each with its status; many are asked at once. */
async function asked(world: World, work: () => Promise<void>): Promise<readonly string[]> {
  const { asked } = world.oakum.acts;
  const before = asked.length;
  await work();
  return asked
    .slice(before)
    .flatMap((question) => {
      const [, status, path = ""] =
        /^(\d+) \/(?:repos\/acme\/shop\/|(?=installation\/.*per_page=1$))(.*)$/.exec(question) ?? [];
      return status === undefined ? [] : [`${status} ${path.replace(/[?/](?:[0-9a-f]{40}|heads|per_page).*$/, "")}`];
    })
    .toSorted();
}

const NAMED = ["304 git/ref", "304 installation/repositories"];
/** The files, and configuration with them, are one question of GraphQL. */
const READ = ["200 git/trees"];

it.concurrent("asks nothing about an unchanged repository, whatever its images do, and reads nothing twice", async (test) => {
  const world = await World.start(test, { ci: false });
  const base = world.reference("base", "1.4", await world.publish("base", "1.4", "old"));
  const files = Object.fromEntries(NAMES.map((name) => [`${name}/Dockerfile`, `FROM ${base}\n# ${name}\n`]));
  const shop = await world.repository("shop", { files, minAge: "1d" });
  expect(await asked(world, () => world.look())).toEqual(READ);
  expect(await asked(world, () => world.look())).toEqual([]);
  await world.pass(3600);
  await world.oakum.start();
  expect(await asked(world, () => world.look())).toEqual([]);
  await world.publish("base", "1.4", "patched");
  expect(await asked(world, () => world.event(world.imageJob("base")))).toEqual([]);
  expect(new Set(await world.states(shop))).toEqual(new Set(["held min-age"]));

  await shop.push({ "README.md": "What it is for.\n" });
  expect(await asked(world, () => world.look())).toEqual(READ);
  await shop.push({ "README.md": "What else it is for.\n" });
  const job = { kind: "repo", repository: world.idOf(shop) } as const;
  expect(await asked(world, () => world.event(job))).toEqual([
    "200 git/matching-refs",
    "200 git/ref",
    "200 git/trees",
    "200 installation/repositories",
  ]);
  expect(await asked(world, () => world.event(job))).toEqual(["304 git/matching-refs", ...NAMED]);
});

it.concurrent("reads a commit anew when another version extracts it", async (test) => {
  const world = await World.start(test, { ci: false });
  const base = world.reference("base", "1.4", await world.publish("base", "1.4", "old"));
  const shop = await world.repository("shop", { files: { Dockerfile: `FROM ${base}\n` } });
  await world.look();
  const blind: Manager = { ...dockerfile, kind: "quadlet", extract: () => ({ uses: [], problems: [] }) };
  world.oakum.managers = [blind];
  await world.oakum.start();
  expect(await asked(world, () => world.look())).toEqual(READ);
  expect(await world.uses(shop)).toEqual([]);
});

it.concurrent("asks for the organisation's configuration once, and plans everyone again when it was pushed to", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  const api = await world.repository("api", { files: { Dockerfile: dockerfile } });
  for (const repository of [shop, api]) await repository.push({ ".github/oakum.yml": null });
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\n" } });
  world.oakum.policyRepository = policy.id;
  await world.look();
  expect([await world.states(shop), await world.states(api)]).toEqual([["held mode-observe"], ["held mode-observe"]]);
  const { asked } = world.oakum.acts;
  const before = asked.length;
  await world.look();
  expect(asked.slice(before).filter((question) => question.includes("/repos/"))).toEqual([]);

  await policy.push({ "oakum.yml": "version: 1\nmode: propose\n" });
  await world.event({ kind: "repo", repository: world.idOf(policy) });
  expect([await world.states(shop), await world.states(api)]).toEqual([["held min-age"], ["held min-age"]]);
  await policy.push({ "oakum.yml": "version: 1\nmode: observe\n" });
  await world.look();
  expect([await world.states(shop), await world.states(api)]).toEqual([["held mode-observe"], ["held mode-observe"]]);
});
