import { expect, it, type TestContext } from "vitest";
import { verifyChain } from "../../src/core/ledger.ts";
import { World } from "./world.ts";

const ENVIRONMENTS = ["environment: staging"];
/** More acts than the story has. */
const MOST = 1000;

/**
 * The story from the moved tag to the confirmed release. `lives`: after how many acts each life of Oakum ends, the last of
 * them for all that follow, until one is long enough.
 */
async function story(test: TestContext, lives: readonly number[]) {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "auto", environments: ENVIRONMENTS });
  let deaths = 0;
  while (await world.oakum.dieAfter(lives[deaths] ?? lives.at(-1) ?? MOST, () => world.sweep(120))) deaths += 1;
  return { world, shop, deaths };
}

/** What GitHub, the targets, the channels and the ledger are left with, without what differs from run to run. */
async function outcome({ world, shop }: Awaited<ReturnType<typeof story>>) {
  const { pulls, checks, deployments, runs } = await shop.shown();
  const ledger = await world.ledger();
  return {
    pulls: pulls.map(({ number, state, title, labels, mergedBy }) => ({ number, state, title, labels, mergedBy })),
    branches: [...(await shop.branches()).keys()],
    dockerfile: String(await shop.file("main", "Dockerfile")).replaceAll(world.host, "registry"),
    commits: (await shop.git("log", "--topo-order", "--format=%s", "main")).split("\n"),
    checks: checks
      .filter(({ app }) => app === "oakum")
      .map(({ name, status, conclusion }) => [name, status, conclusion]),
    deployments: deployments.map(({ environment, statuses }) => [
      environment,
      statuses.map(({ creator, state }) => `${creator} ${state}`),
    ]),
    builds: runs.length,
    running: world.delivery.runs("shop/staging").digests.length,
    notices: new Set(world.oakum.notices.map(({ title }) => title)),
    ledger: ledger.map(({ transition }) => transition).toSorted(),
    chain: verifyChain(ledger).state,
    states: await world.states(shop),
  };
}

const EXPECTED = {
  pulls: [{ number: 1, state: "closed", mergedBy: "oakum[bot]" }],
  branches: ["main"],
  checks: [["oakum", "completed", "success"]],
  states: ["current"],
  chain: "whole",
};
let whole: Awaited<ReturnType<typeof outcome>>;

it("has one ending", async (test) => {
  const told = await story(test, [MOST]);
  whole = await outcome(told);
  expect(whole).toMatchObject(EXPECTED);
  expect(told.deaths).toBe(0);
});

// Trees and commits that no branch names yet are made again: a life of fewer than three acts would never get past them.
it.concurrent.for([{ lives: [3] }, { lives: [4] }, { lives: [5] }, { lives: [1, 2, 6, 1, 7] }])(
  "has the same one when it dies again and again, after $lives acts",
  async ({ lives }, test) => {
    const told = await story(test, lives);
    expect(told.deaths).toBeGreaterThan(1);
    expect(await outcome(told)).toEqual(whole);
  },
);
