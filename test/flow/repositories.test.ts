import { execFile } from "node:child_process";
import { expect, it } from "vitest";
import type { RepositoryId } from "../../src/core/repository.ts";
import type { TestRepository } from "./repository.ts";
import { APP } from "./surroundings.ts";
import { World } from "./world.ts";

/** The App on one more account that is served, with a repository that has these files. */
async function elsewhere({ control }: World, files: Readonly<Record<string, string>>) {
  const { id: installation } = await control.post<{ id: number }>("installations", { app: APP, account: "beta" });
  const { id } = await control.post<{ id: number }>("repositories", { owner: "beta", name: "till", files });
  return { installation, repository: { host: "github.test", installation, repository: id } };
}

async function indexed({ store }: World, id: RepositoryId): Promise<string | undefined> {
  const found = await store.index.repository(id);
  return found && `${found.owner}/${found.name}`;
}

/** The App's questions while `work` is done, without those that every sweep asks. */
async function asked({ oakum }: World, work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = oakum.acts.asked.length;
  await work();
  const everySweep = /\/graphql|\/app\/installations|\/installation\/repositories\?per_page=100/;
  return oakum.acts.asked.slice(before).filter((question) => !everySweep.test(question));
}

it.concurrent("follows a repository that is renamed without reading it again, and acts under its new name", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop({ mode: "observe" });
  await world.look();
  await world.control.patch(`repositories/${shop.id}`, { name: "store" });
  expect(await asked(world, () => world.look())).toEqual([]);
  expect(await indexed(world, world.idOf(shop))).toBe("acme/store");
  expect(await world.states(shop)).toEqual(["held mode-observe"]);
});

it.concurrent("inherits nothing from an installation that a repository was transferred from, and leaves its pull alone", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const { installation } = await elsewhere(world, {});
  await world.look();
  const pull = await shop.pull();
  await world.control.patch(`repositories/${shop.id}`, { owner: "beta" });
  const before = world.oakum.acts.done.length;
  await world.look();
  await world.event({ kind: "pull", repository: world.idOf(shop), branch: pull.head });

  const moved = { ...world.idOf(shop), installation };
  expect(await indexed(world, world.idOf(shop))).toBeUndefined();
  expect(await world.store.pulls.list(world.idOf(shop))).toEqual([]);
  expect(await indexed(world, moved)).toBe("beta/shop");
  expect(await world.store.pulls.list(moved)).toEqual([]);
  // What somebody else's branch looks like: no commit of it was recorded by this installation.
  expect(await world.store.index.uses(moved)).toMatchObject([{ state: "held", reason: { code: "foreign-commits" } }]);
  expect(world.oakum.acts.done.slice(before)).toEqual([]);
  expect(await shop.pulls()).toMatchObject([{ number: pull.number, headSha: pull.headSha, state: "open" }]);
});

it.concurrent.for<{ what: string; change: (world: World, shop: TestRepository) => Promise<unknown> }>([
  { what: "deleted", change: (world, shop) => world.delete(shop) },
  {
    what: "transferred out of every account that is served",
    change: ({ control }, { id }) => control.patch(`repositories/${id}`, { owner: "stranger" }),
  },
])("forgets a repository that was $what", async ({ change }, test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await world.look();
  const { head } = await shop.pull();
  await change(world, shop);
  const before = world.oakum.acts.done.length;
  await world.event({ kind: "repo", repository: world.idOf(shop) });
  await world.event({ kind: "pull", repository: world.idOf(shop), branch: head });
  await world.look();
  expect(await indexed(world, world.idOf(shop))).toBeUndefined();
  expect(await world.store.pulls.list(undefined)).toEqual([]);
  expect(world.oakum.acts.done.slice(before)).toEqual([]);
});

it.concurrent("finds a repository that is new, or taken back into use, and no use in one that lost its last commit", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop({ mode: "observe" });
  await shop.archive();
  await world.look();
  expect(await indexed(world, world.idOf(shop))).toBeUndefined();
  await world.control.patch(`repositories/${shop.id}`, { archived: false });
  const till = await world.repository("till", { mode: "observe", files: { Dockerfile: dockerfile } });
  await world.look();
  expect([await world.states(shop), await world.states(till)]).toEqual([["held mode-observe"], ["held mode-observe"]]);

  await world.control.post("branches/delete", { owner: "acme", name: "shop", branch: "main", login: "acme" });
  await world.look();
  expect(await world.states(shop)).toEqual([]);
  expect(await asked(world, () => world.look())).toEqual([]);
});

it.concurrent("works for every installation, and for the others while one is suspended or removed", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop({ mode: "observe" });
  const { repository, installation } = await elsewhere(world, { Dockerfile: dockerfile });
  await world.look();
  const states = async () => (await world.store.index.uses(repository)).map(({ reason }) => reason?.code);
  expect([await world.states(shop), await states()]).toEqual([["held mode-observe"], ["mode-observe"]]);

  await world.control.patch(`installations/${world.around.installation}`, { suspended: true });
  const none = { owner: "beta", name: "till", branch: "main", message: "Stop", files: { Dockerfile: null } };
  await world.control.post("commits", { ...none, author: "beta" });
  await world.look();
  expect([await world.states(shop), await states()]).toEqual([["held mode-observe"], []]);
  await world.control.delete(`installations/${world.around.installation}`);
  await world.look();
  expect(await indexed(world, world.idOf(shop))).toBeUndefined();
  expect(await indexed(world, { ...repository, installation })).toBe("beta/till");
});

it.concurrent("reads a repository of 100,000 files, level by level, and keeps of it what it reads", async (test) => {
  const world = await World.start(test, { ci: false });
  const old = await world.publish("base", "1.4", "old");
  const shop = await world.repository("shop", { mode: "observe", required: false });
  const { path } = await shop.shown();
  await fastImport(path, hugeCommit(`FROM ${world.reference("base", "1.4", old)}\n`));
  await shop.point("main", await shop.git("rev-parse", "refs/heads/huge"), true);
  const questions = await asked(world, () => world.look());
  expect(await world.uses(shop)).toMatchObject([{ path: "d042/Dockerfile", state: "current" }]);
  const trees = questions.filter((question) => question.includes("/git/trees/"));
  // All of it, which is cut; its own level; and each of its hundred folders.
  expect(trees).toHaveLength(102);
  expect(questions.filter((question) => question.includes("/git/blobs/"))).toHaveLength(1);
  expect(await asked(world, () => world.look())).toEqual([]);
});

/** A commit of a hundred folders with a thousand files each, and a Dockerfile in one of them. */
function hugeCommit(dockerfile: string): string {
  const blob = (mark: number, text: string) => `blob\nmark :${mark}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const folders = Array.from({ length: 100 }, (_, folder) => `d${String(folder).padStart(3, "0")}`);
  const files = folders.flatMap((folder) =>
    Array.from({ length: 1000 }, (_, file) => `M 100644 :1 ${folder}/f${file}`),
  );
  const commit = "commit refs/heads/huge\ncommitter A <a@b.test> 1 +0000\ndata 4\nHuge\n";
  return `${blob(1, "x")}${blob(2, dockerfile)}${commit}${files.join("\n")}\nM 100644 :2 d042/Dockerfile\n`;
}

function fastImport(folder: string, stream: string): Promise<void> {
  const done = Promise.withResolvers<void>();
  const child = execFile("git", ["--git-dir", folder, "fast-import", "--quiet"], (error) =>
    error === null ? done.resolve() : done.reject(error),
  );
  child.stdin?.end(stream);
  return done.promise;
}
