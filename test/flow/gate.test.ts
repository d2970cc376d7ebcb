import { expect, it } from "vitest";
import { readBase } from "../../sandbox/registry/base.ts";
import { type Layer, layer } from "../../sandbox/registry/layer.ts";
import { createGitHub } from "../../src/github/octokit/octokit.ts";
import { type Job, pushBuild, type Result } from "./ci.ts";
import { PLATFORM, packageLayer } from "./images.ts";
import { log } from "./log.ts";
import type { TestRepository } from "./repository.ts";
import { OTHER_APP, privateKey } from "./surroundings.ts";
import { World } from "./world.ts";

/** The gate's check runs on the head of the only pull. */
async function checks(repository: TestRepository) {
  return repository.checks("oakum", (await repository.pull()).headSha);
}

/** The reasons of the last verdict, as the ledger has them. */
async function reasons(world: World, repository: TestRepository) {
  const entries = await world.ledger(`pull:github.test/${world.around.installation}/${repository.id}#`);
  const verdicts = entries.filter(({ transition }) => /^verdict \w+$/.test(transition));
  return [verdicts.at(-1)?.transition, verdicts.at(-1)?.data.reasons];
}

/** Builds on a base by digest, or on nothing, with these layers over it. */
async function build({ registry }: World, job: Job, base: string | undefined, above: readonly Layer[]) {
  const below = base === undefined ? [] : (await readBase(registry, "library/base", base, PLATFORM)).layers;
  return pushBuild(registry, job, [...below, ...above]);
}

it.concurrent("fails or holds whatever a build may report", async (test) => {
  const world = await World.start(test);
  const { dockerfile, old, patched } = await world.patchedShop({ mode: "observe" });
  const well = world.build;
  const app = await layer({ "app/index.js": "serve()\n" });
  const missing = { name: "", digest: `sha256:${"0".repeat(64)}` } as const;
  const courses: Readonly<Record<string, (job: Job) => Promise<Result>>> = {
    failing: async () => "failure",
    other: async (job) => [{ ...(await build(world, job, patched, [app])), name: `${world.host}/acme/elsewhere` }],
    silent: async () => "nothing",
    garbled: async () => ({ report: "{]" }),
    absent: async ({ name }) => [{ ...missing, name: `${world.host}/acme/${name}` }],
    stale: async (job) => [await build(world, job, old, [app])],
    blind: async (job) => [await build(world, job, patched, [await packageLayer({ bash: "1" })])],
    bare: async (job) => [await build(world, job, undefined, [app])],
  };
  const repositories = new Map<string, TestRepository>();
  for (const name of Object.keys(courses)) {
    repositories.set(name, await world.repository(name, { merge: "auto", files: { Dockerfile: dockerfile } }));
  }
  world.build = async (job) => {
    const course = job.event === "workflow_dispatch" ? courses[job.name] : undefined;
    return (course ?? well)(job);
  };
  await world.sweep(5);

  const told: Record<string, unknown> = {};
  for (const [name, repository] of repositories) {
    const [check, ...others] = await checks(repository);
    expect(others).toEqual([]);
    expect((await repository.pull()).state).toBe("open");
    told[name] = [...(await reasons(world, repository)), check?.conclusion];
  }
  expect(told).toEqual({
    failing: ["verdict fail", ["build-failed"], "failure"],
    other: ["verdict fail", ["build-mismatch"], "failure"],
    silent: ["verdict fail", ["build-mismatch"], "failure"],
    garbled: ["verdict fail", ["build-mismatch"], "failure"],
    absent: ["verdict held", ["base-unknown", "digest-not-found"], "action_required"],
    stale: ["verdict fail", ["not-on-new-base"], "failure"],
    blind: ["verdict held", ["package-collapse"], "action_required"],
    bare: ["verdict fail", ["not-on-new-base", "scan-unsupported"], "failure"],
  });
});

it.concurrent("holds while advisories cannot be asked, and passes once they can", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop();
  world.oakum.osvStatus = 503;
  await world.sweep(10);
  expect(await reasons(world, shop)).toEqual(["verdict held", ["scan-unavailable"]]);
  expect((await checks(shop)).map(({ conclusion }) => conclusion)).toEqual(["action_required"]);
  world.oakum.osvStatus = 200;
  await world.settle(90);
  expect(await reasons(world, shop)).toEqual(["verdict pass", []]);
  expect((await checks(shop)).at(-1)?.conclusion).toBe("success");
  expect((await shop.pull()).body).toContain("CVE-2026-31001");
});

it.concurrent("blocks what the update introduces, and judges every new head on its own", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto" });
  await world.publish("base", "1.4", "worse");
  await world.sweep();
  const first = await shop.pull();
  expect(await reasons(world, shop)).toEqual(["verdict fail", ["findings-introduced"]]);
  const [failed] = await checks(shop);
  expect(failed).toMatchObject({ conclusion: "failure", status: "completed", app: "oakum" });
  expect(failed?.annotations).toMatchObject([{ path: "Dockerfile", start_line: 1, annotation_level: "failure" }]);
  expect(first.state).toBe("open");

  const other = createGitHub({
    appId: OTHER_APP,
    privateKey,
    host: "github.test",
    baseUrl: `${world.around.github}/api/v3`,
    accounts: ["acme"],
    log,
    pace: { second: 0 },
    budgets: world.store.budgets,
  });
  const [installation] = await Array.fromAsync(other.installations.list());
  const seen = await Array.fromAsync(other.installations.repositories(installation!));
  const place = seen.find(({ name }) => name === "shop");
  const forged = { name: "oakum", head: first.headSha, status: "completed", conclusion: "success" } as const;
  await other.checks.report(place!, { ...forged, externalId: "x", title: "Pass", summary: "", annotations: [] });
  await world.sweep();
  expect((await shop.pull()).state).toBe("open");

  await world.publish("base", "1.4", "patched");
  await world.sweep();
  const second = await shop.pull();
  expect(second).toMatchObject({ number: first.number, state: "closed", mergedBy: "oakum[bot]" });
  expect(second.headSha).not.toBe(first.headSha);
  expect(await shop.checks("oakum", first.headSha)).toContainEqual(
    expect.objectContaining({ app: "oakum", conclusion: "failure" }),
  );
});

it.concurrent("waits for a build, though not for ever, and takes its configuration from the default branch alone", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ more: ["commit: { labels: [security] }"] });
  const well = world.build;
  world.build = async () => "queued";
  await world.look();
  const { headSha, number } = await shop.pull();
  expect(await checks(shop)).toMatchObject([{ status: "in_progress", conclusion: null }]);
  await world.pass(5 * 3600);
  expect(await checks(shop)).toMatchObject([{ status: "in_progress", conclusion: null }]);
  await world.pass(2 * 3600);
  expect(await reasons(world, shop)).toEqual(["verdict held", ["build-timeout"]]);
  expect((await shop.shown()).runs.filter(({ event }) => event === "workflow_dispatch")).toHaveLength(1);
  expect(
    world.oakum.queue.queuedFor({ kind: "pull", repository: world.idOf(shop), branch: (await shop.pull()).head }),
  ).toBeUndefined();

  world.build = well;
  await world.sweep();
  await world.look();
  expect(await reasons(world, shop)).toEqual(["verdict pass", []]);
  const labels = (await shop.pull()).labels;
  expect(labels).toEqual(expect.arrayContaining(["security", "known-exploited"]));

  const text = String(await shop.file("main", ".github/oakum.yml"));
  await shop.push({ ".github/oakum.yml": text.replace("mode: propose", "mode: observe") });
  await world.publish("base", "1.4", "patched again");
  await world.sweep();
  expect(await shop.pull()).toMatchObject({ number, headSha, state: "open" });
  const later = (await shop.shown()).runs.filter(({ event }) => event === "workflow_dispatch");
  expect(later).toHaveLength(1);
});
