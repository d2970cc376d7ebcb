import { expect, it } from "vitest";
import type { Job, Result } from "./ci.ts";
import type { TestRepository } from "./repository.ts";
import { World } from "./world.ts";

const ENVIRONMENTS = ["environment: staging"];
/** A build that no push starts. */
const DISPATCHED = `name: build
run-name: build \${{ inputs.oakum }}
on:
  workflow_dispatch:
    inputs:
      oakum: { type: string }
      sha: { type: string }
jobs:
  build: { runs-on: ubuntu-latest, steps: [] }
`;

/** What was asked for by dispatch, as `branch event`. */
async function dispatches(repository: TestRepository) {
  const { runs } = await repository.shown();
  return runs
    .filter(({ event }) => event === "workflow_dispatch")
    .map(({ branch }) => branch.replace(/^oakum\/.*/, "ours"));
}

/** The reasons of the last verdict, in words, as the check run has them. */
async function summary(repository: TestRepository) {
  const checks = await repository.checks("oakum", (await repository.pull()).headSha);
  return checks.at(-1)?.summary ?? "";
}

/** A run that is cancelled, as by `cancel-in-progress`. */
async function cancel({ control }: World, { id }: Job): Promise<Result> {
  await control.post(`runs/${id}`, { status: "completed", conclusion: "cancelled" });
  return "queued";
}

it.concurrent("asks once for the build to compare with, only while the branch is there, and not for ever", async (test) => {
  const world = await World.start(test);
  const { dockerfile } = await world.patchedShop({ mode: "observe" });
  const files = { Dockerfile: dockerfile, ".github/workflows/build.yml": DISPATCHED };
  const moved = await world.repository("moved", { files });
  const stuck = await world.repository("stuck", { files });
  const well = world.build;
  world.build = async (job) => {
    const isHead = job.event === "workflow_dispatch" && job.branch !== "main";
    if (isHead && job.name === "moved") await moved.push({ "README.md": `Built ${job.id}\n` });
    return isHead ? well(job) : "queued";
  };
  await world.sweep(5);
  await world.pass(130);
  await world.pass(130);
  expect(await dispatches(moved)).toEqual(["ours"]);
  expect(await summary(moved)).toMatch(/before the change could not be had.*branch has moved on/s);
  expect(await dispatches(stuck)).toEqual(["ours", "main"]);
  expect((await stuck.checks("oakum", (await stuck.pull()).headSha)).at(-1)?.status).toBe("in_progress");

  await world.pass(7 * 3600);
  await world.look();
  expect(await summary(stuck)).toMatch(/before the change could not be had.*did not finish in time/s);
  expect(await dispatches(stuck)).toEqual(["ours", "main"]);
  expect(await dispatches(moved)).toEqual(["ours"]);
});

it.concurrent("builds a release whose push was cancelled, unless its branch has moved on", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  const behind = await world.repository("behind", {
    merge: "auto",
    environments: ENVIRONMENTS,
    files: { Dockerfile: dockerfile },
  });
  const well = world.build;
  const cancelled = new Set<string>();
  world.build = async (job) => {
    if (job.event !== "push" || cancelled.has(job.name)) return well(job);
    cancelled.add(job.name);
    if (job.name === "behind") await behind.push({ "README.md": "By hand\n" });
    return cancel(world, job);
  };
  await world.sweep(300);
  const of = (repository: TestRepository) => `release:github.test/${world.around.installation}/${repository.id}@`;
  expect(await dispatches(shop)).toEqual(["ours", "main"]);
  expect(await world.transitions(of(shop))).toEqual(["build requested", "released"]);
  expect(await dispatches(behind)).toEqual(["ours"]);
  expect(await world.transitions(of(behind))).toEqual(["told chat intended", "told chat", "release rejected"]);
  expect(world.oakum.notices.filter(({ title }) => title.includes("behind"))).toMatchObject([
    { title: expect.stringContaining("is not deployed"), text: expect.stringContaining("the branch has moved on") },
  ]);
});

it.concurrent("lets a later merge take over from one whose build was cancelled for it", async (test) => {
  const world = await World.start(test);
  const tools = world.reference("tools", "2.0", await world.publish("tools", "2.0", "old"));
  const base = world.reference("base", "1.4", await world.publish("base", "1.4", "old"));
  const Dockerfile = `FROM ${tools} AS build\nWORKDIR /src\nCOPY . .\nRUN make\n\nFROM ${base}\nCOPY --from=build /src /srv\n`;
  const shop = await world.repository("shop", { merge: "auto", environments: ENVIRONMENTS, files: { Dockerfile } });
  await world.publish("tools", "2.0", "patched");
  await world.publish("base", "1.4", "patched");
  const well = world.build;
  let first: string | undefined;
  world.build = async (job) => {
    if (job.event === "push") first ??= job.headSha;
    return job.headSha === first ? cancel(world, job) : well(job);
  };
  await world.sweep(300);
  const entries = await world.ledger("release:");
  expect(entries.map(({ transition }) => transition).toSorted()).toEqual(["release rejected", "released"]);
  expect(entries.find(({ cause }) => cause === first)?.data).toEqual({ why: "a newer release takes its place" });
  expect(world.oakum.notices.map(({ title }) => title)).not.toContainEqual(expect.stringContaining("not deployed"));
  expect(await dispatches(shop)).toEqual(["ours", "ours"]);
});

it.concurrent("says which permission is missing, and goes on once it is granted", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  const refused = {
    method: "POST",
    path: "^.*/dispatches$",
    status: 403,
    headers: { "x-accepted-github-permissions": "actions=write" },
    body: { message: "Resource not accessible by integration" },
    times: 1000,
  };
  await world.control.post("faults", { respond: refused });
  await world.look();
  const { headSha } = await shop.pull();
  expect(await shop.checks("oakum", headSha)).toMatchObject([{ status: "completed", conclusion: "action_required" }]);
  expect(await summary(shop)).toMatch(/lacks a permission.*actions=write/s);
  expect((await shop.pull()).body).toContain("lacks a permission");
  expect(world.oakum.refused).toEqual([]);

  await world.control.delete("faults");
  const unseen = { ...refused, method: "GET", path: "^.*/workflows/build.yml/runs$" };
  const well = world.build;
  world.build = async (job) => {
    if (job.event === "push") await world.control.post("faults", { respond: unseen });
    return well(job);
  };
  await world.sweep(30);
  expect(await world.transitions("release:")).toEqual(["told chat intended", "told chat"]);
  expect(world.oakum.notices).toMatchObject([
    { title: expect.stringContaining("waits"), text: expect.stringContaining("actions=write") },
  ]);
  await world.control.delete("faults");
  await world.settle(700);
  expect((await world.transitions("release:")).at(-1)).toBe("released");
});

it.concurrent("judges again what a person asks to run again, and builds again what had failed", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop();
  const well = world.build;
  world.build = async () => "failure";
  await world.sweep(10);
  const { headSha, head } = await shop.pull();
  const rerun = async () => {
    const [last] = (await shop.checks("oakum", headSha)).slice(-1);
    await world.control.post(`checks/${last?.id}`, {});
    await world.event({ kind: "pull", repository: world.idOf(shop), branch: head }, 10);
    return (await shop.checks("oakum", headSha)).map(({ conclusion }) => conclusion);
  };
  expect(await rerun()).toEqual(["failure", "failure"]);
  expect(await dispatches(shop)).toEqual(["ours", "ours"]);
  world.build = well;
  await world.look();
  expect(await dispatches(shop)).toEqual(["ours", "ours"]);

  expect(await rerun()).toEqual(["failure", "failure", "success"]);
  expect(await rerun()).toEqual(["failure", "failure", "success", "success"]);
  expect(await dispatches(shop)).toEqual(["ours", "ours", "ours"]);
  await world.look();
  expect(await shop.checks("oakum", headSha)).toHaveLength(4);
});

it.concurrent("stops a build that nobody waits for any more, and asks anew should somebody again", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop();
  world.build = async () => "queued";
  await world.look();
  const first = await shop.pull();
  const conclusions = async () => {
    const { runs } = await shop.shown();
    return runs.filter(({ event }) => event === "workflow_dispatch").map(({ conclusion }) => conclusion ?? "runs");
  };
  expect(await conclusions()).toEqual(["runs"]);

  await world.publish("base", "1.4", "patched again");
  await world.look();
  const { number, headSha } = await shop.pull();
  expect({ number, moved: headSha !== first.headSha }).toEqual({ number: first.number, moved: true });
  expect(await conclusions()).toEqual(["cancelled", "runs"]);

  await shop.close(number);
  await world.look();
  expect(await conclusions()).toEqual(["cancelled", "cancelled"]);

  await world.control.post("pulls/reopen", { ...shop.place, number, login: "octocat" });
  await world.look();
  expect(await conclusions()).toEqual(["cancelled", "cancelled", "runs"]);
  const built = (await world.transitions("pull:")).filter((transition) => transition.startsWith("build"));
  expect(built).toEqual([
    ...["build requested", "build stopped"],
    ...["build requested", "build stopped", "build requested"],
  ]);
});
