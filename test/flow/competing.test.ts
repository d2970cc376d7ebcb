import { expect, it } from "vitest";
import type { Job } from "../../src/core/job.ts";
import { jobsFor } from "../../src/server/webhooks.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

/** Somebody else's pull request of one commit. */
async function openOther(
  world: World,
  repository: TestRepository,
  {
    files,
    login = "renovate[bot]",
    branch = "renovate/node",
  }: { files: Record<string, string | null>; login?: string; branch?: string },
): Promise<number> {
  await repository.push(files, { branch, from: "main" });
  const asked = { ...repository.place, login, head: branch, title: "Update a base image" };
  return (await world.control.post<{ number: number }>("pulls", asked)).number;
}

async function reasons(world: World, repository: TestRepository) {
  return (await world.uses(repository)).map(({ state, reason }) => [state, reason?.code, reason?.detail]);
}

it.concurrent("leaves a use to another's open pull request, and takes it up when that is closed", async (test) => {
  const world = await World.start(test, { ci: false });
  const other = await world.publish("other", "2.0", "old");
  const { shop, old, patched, dockerfile } = await world.patchedShop({
    files: { "run/Dockerfile": `FROM ${world.reference("other", "2.0", other)}\n` },
  });
  await world.publish("other", "2.0", "patched");
  const again = `sha256:${"a".repeat(64)}`;
  const theirs = await openOther(world, shop, { files: { Dockerfile: dockerfile.replace(old, again) } });
  await world.look();
  expect(await reasons(world, shop)).toEqual([
    ["held", "competing-pull", `renovate #${theirs}`],
    ["update", undefined, undefined],
  ]);
  const [, ours, ...more] = await shop.pulls();
  expect(more).toEqual([]);
  expect(await shop.git("diff", "--name-only", "main", ours?.headSha ?? "")).toBe("run/Dockerfile");

  await shop.close(theirs);
  const place = {
    installation: { id: world.around.installation },
    repository: { id: shop.id, default_branch: "main", owner: { id: 1, login: "acme" } },
  };
  const payload = {
    ...place,
    action: "closed",
    pull_request: { number: theirs, head: { ref: "renovate/node", repo: { id: shop.id } }, base: { ref: "main" } },
  };
  const context = { host: "github.test", app: 1, accepts: () => true, targets: () => [], maintains: () => false };
  const jobs = jobsFor("pull_request", payload, context);
  expect(jobs).toEqual([{ kind: "repo", repository: world.idOf(shop) }]);
  for (const job of jobs as readonly Job[]) await world.event(job, 0);
  expect(await world.states(shop)).toEqual(["update", "update"]);
  const third = (await shop.pulls()).at(-1);
  expect(String(await shop.file(third?.headSha ?? "", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
});

it.concurrent("does not give up its own pull request for one that comes later, nor holds what that does not touch", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, dockerfile } = await world.patchedShop();
  await openOther(world, shop, {
    files: { Dockerfile: dockerfile.replace("COPY . /srv", "COPY . /app"), "README.md": "x\n" },
    login: "octocat",
    branch: "move-to-app",
  });
  await world.look();
  const [, ours] = await shop.pulls();
  expect(ours).toMatchObject({ state: "open", author: "oakum[bot]" });
  await openOther(world, shop, { files: { Dockerfile: dockerfile.replace(old, `sha256:${"b".repeat(64)}`) } });
  await world.look();
  expect((await shop.pulls()).map(({ state, author }) => `${author} ${state}`)).toEqual([
    "octocat open",
    "oakum[bot] open",
    "renovate[bot] open",
  ]);
  expect(await world.states(shop)).toEqual(["update"]);
});

it.concurrent.for<{ what: string; change: (dockerfile: string) => Record<string, string | null>; held: boolean }>([
  { what: "the file goes", change: () => ({ Dockerfile: null }), held: true },
  { what: "the file moves", change: (text) => ({ Dockerfile: null, "app/Dockerfile": text }), held: false },
  { what: "the image is another one", change: () => ({ Dockerfile: "FROM scratch\nCOPY . /srv\n" }), held: true },
  { what: "a line is added", change: (text) => ({ Dockerfile: `${text}USER 1\n` }), held: false },
  { what: "another file of that name", change: (text) => ({ "other/Dockerfile": text }), held: false },
])("holds a use for another's change where $what: $held", async ({ change, held }, test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  await openOther(world, shop, { files: change(dockerfile), login: "octocat", branch: "theirs" });
  await world.look();
  expect(await world.states(shop)).toEqual([held ? "held competing-pull" : "update"]);
});

it.concurrent("asks for others' pull requests only while it has something to open, and for their files once", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, dockerfile } = await world.patchedShop();
  await openOther(world, shop, { files: { Dockerfile: dockerfile.replace(old, `sha256:${"c".repeat(64)}`) } });
  await world.look();
  await world.look();
  const files = world.oakum.acts.asked.filter((one) => one.includes("/files"));
  expect(files).toHaveLength(1);
  await shop.close(1);
  await world.look();
  const before = world.oakum.acts.asked.length;
  await world.look();
  expect(world.oakum.acts.asked.slice(before).filter((one) => one.includes("base=main"))).toEqual([]);
});
