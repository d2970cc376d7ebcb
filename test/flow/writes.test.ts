import { expect, it } from "vitest";
import { GITHUBS_LIMITS } from "../../src/github/octokit/pace.ts";
import { World } from "./world.ts";

/** What was changed on GitHub, without names and numbers. */
function changes(world: World): readonly string[] {
  const onGitHub = world.oakum.acts.done.filter((act) => !act.startsWith("notice"));
  return onGitHub.map((act) => act.replace(/\/api\/(v3\/repos\/acme\/\w+\/)?/, "").replace(/\d+/g, "N"));
}

/** As often as each was made. */
function counted(acts: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...new Set(acts)].map((act) => [act, acts.filter((one) => one === act).length]));
}

/** What a bump costs of the hour's writes: src/flow/write-turn.ts reserves as many as each row has. */
const BUMP = [
  ["POST git/trees", "POST git/commits", "POST graphql", "POST pulls"],
  ["POST actions/workflows/build.yml/dispatches", "POST check-runs", "POST issues/N/labels"],
  ["PATCH check-runs/N", "PATCH pulls/N", "PUT pulls/N/merge"],
  ["POST graphql"],
  ["POST deployments", "POST deployments/N/statuses"],
].flat();

it.concurrent("makes each change of a bump once: eleven writes, and two for each environment", async (test) => {
  const world = await World.start(test);
  await world.patchedShop({ merge: "auto", environments: ["environment: staging"] });
  await world.sweep(3600);
  expect(changes(world)).toEqual(BUMP);
});

it.concurrent("loses nothing and does nothing twice in ten minutes of a secondary limit, nor asks meanwhile", async (test) => {
  const world = await World.start(test);
  await world.patchedShop({ merge: "auto", environments: ["environment: staging"] });
  const limit = { message: "You have exceeded a secondary rate limit. Please wait a few minutes." };
  const { clock, acts } = world.oakum;
  const github = acts.fetch;
  const refused: string[] = [];
  let from = Number.POSITIVE_INFINITY;
  acts.fetch = async (input, init) => {
    const isLimited = clock.now >= from && clock.now < from + 600_000;
    const path = new URL(String(input)).pathname;
    // It begins with the third change, between the commit and the branch.
    if (path.endsWith("/git/commits") && from === Number.POSITIVE_INFINITY) from = clock.now + 1;
    if (!isLimited || path.includes("/app/")) return github(input, init);
    refused.push(`${init?.method} ${path}`);
    return Response.json(limit, { status: 403, headers: { "retry-after": "120" } });
  };
  world.oakum.pace = { second: 0, writes: GITHUBS_LIMITS };
  await world.oakum.start();
  await world.sweep(2 * 3600);

  expect(world.oakum.refused).toEqual([]);
  // Those of one job that were under way together, once a pause, whoever was there to ask.
  expect(refused.length).toBeGreaterThanOrEqual(4);
  expect(refused.length).toBeLessThanOrEqual(14);
  // Nobody can tell afterwards that tree and commit were made, which no branch names: so they are made again.
  const again = { "POST git/trees": 2, "POST git/commits": 2 };
  expect(counted(changes(world))).toEqual({ ...counted(BUMP), ...again });
  expect(await world.transitions("target:")).toContain("confirmed");
  const [backlog] = await world.store.budgets.backlogs(() => GITHUBS_LIMITS, clock.now);
  expect(backlog?.waiting).toBe(0);
});

it.concurrent("proposes as fast as the limit allows, the urgent first, and says how long the rest waits", async (test) => {
  const world = await World.start(test);
  world.oakum.pace = { second: 0, writes: { ...GITHUBS_LIMITS, perMinute: 8, perHour: 8, kept: 0 } };
  await world.oakum.start();
  const { shop, dockerfile } = await world.patchedShop();
  const all = [shop];
  for (const name of ["a", "b"]) all.push(await world.repository(name, { files: { Dockerfile: dockerfile } }));
  const { clock } = world.oakum;
  const opened = async () => (await Promise.all(all.map((one) => one.shown()))).flatMap(({ pulls }) => pulls).length;
  const start = clock.now;
  await world.sweep(60);
  const backlog = async () => (await world.store.budgets.backlogs(() => world.oakum.pace.writes, clock.now))[0];
  // Eight writes: two pulls at four each, before the first of their gates.
  expect(await opened()).toBeLessThanOrEqual(2);
  expect(await backlog()).toMatchObject({ installation: world.around.installation });
  expect((await backlog())?.waiting).toBeGreaterThanOrEqual(2);
  expect((await backlog())?.seconds).toBeGreaterThan(1800);
  expect(world.oakum.acts.done.length).toBeLessThanOrEqual(8);

  await world.settle(5 * 3600);
  expect(await opened()).toBe(3);
  expect((await backlog())?.waiting).toBe(0);
  expect(world.oakum.acts.done.length).toBeLessThanOrEqual(8 * Math.ceil((clock.now - start) / 3_600_000));
  expect(counted(changes(world))).toMatchObject({ "POST git/trees": 3, "POST pulls": 3, "POST check-runs": 3 });
});

it.concurrent("writes one check run for all that changed while it had to wait: the newest", async (test) => {
  const world = await World.start(test);
  const well = world.build;
  world.build = async () => "queued";
  const { shop } = await world.patchedShop();
  await world.sweep(30);
  const { headSha, head: branch } = await shop.pull();
  const kinds = () => changes(world).filter((act) => act.includes("check-runs"));
  expect(kinds()).toEqual(["POST check-runs"]);

  // Others use up the hour.
  const limits = { ...GITHUBS_LIMITS, perMinute: 4, perHour: 4, kept: 0 };
  world.oakum.pace = { second: 0, writes: limits };
  await world.oakum.start();
  const turn = { key: "other", repository: "other", urgency: "normal", awaited: true } as const;
  const other = { turn, cost: 4, begun: false, notifies: false };
  for (let one = 0; one < 4; one += 1) {
    await world.store.budgets.write(world.idOf(shop), other, limits, world.oakum.clock.now);
  }
  // The build is done, and no scan can be had; then one can.
  world.build = well;
  world.oakum.osvStatus = 503;
  await world.event({ kind: "pull", repository: world.idOf(shop), branch }, 600);
  world.oakum.osvStatus = 200;
  await world.event({ kind: "pull", repository: world.idOf(shop), branch }, 600);
  expect(kinds()).toEqual(["POST check-runs"]);

  await world.settle(2 * 3600);
  expect(kinds()).toEqual(["POST check-runs", "PATCH check-runs/N"]);
  expect(await shop.checks("oakum", headSha)).toMatchObject([{ status: "completed", conclusion: "success" }]);
});
