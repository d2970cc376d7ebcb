import { expect, it, type TestContext } from "vitest";
import { verifyChain } from "../../src/core/ledger.ts";
import { World } from "./world.ts";

/** More acts than the story has. */
const MOST = 1000;

/**
 * A pull that is told to be made anew over somebody's commit, snoozed by a box, and, opened anew, refused with a mistake
 * beside it. `lives`: after how many acts each life of Oakum ends, the last of them for all that follow.
 */
async function story(test: TestContext, lives: readonly number[]) {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  await shop.grant("ann", "write");
  let deaths = 0;
  const live = async (work: () => Promise<void>) => {
    while (await world.oakum.dieAfter(lives[deaths] ?? lives.at(-1) ?? MOST, work)) deaths += 1;
  };
  const look = () => live(() => world.sweep(120));
  await look();
  const { number, head } = await shop.pull();
  await shop.push({ "mine.txt": "mine\n" }, { branch: head });
  await shop.comment(number, "/oakum rebase", "ann");
  await look();
  await shop.describe(number, String((await shop.pull()).body).replace("- [ ] **Snooze**", "- [x] **Snooze**"), "ann");
  await look();
  await live(() => world.pass(7 * 24 * 3600));
  await look();
  await shop.comment(number + 1, "/oakum refuse\n/oakum snooze soon", "ann");
  await look();
  return { world, shop, deaths };
}

async function outcome({ world, shop }: Awaited<ReturnType<typeof story>>) {
  const ledger = await world.ledger();
  return {
    pulls: (await shop.pulls()).map(({ state, closedBy, comments }) => ({
      ...{ state, closedBy },
      comments: comments.map(({ author, body, reactions }) => [author, body.split("\n")[0], ...reactions]),
    })),
    branches: (await shop.branches()).size,
    commits: (await shop.git("log", "--format=%s", `main..${(await shop.pulls())[0]?.head}`)).split("\n").length,
    states: await world.states(shop),
    // How far a head's gate got before another took its place is not what this is about.
    ledger: ledger
      .map(({ transition }) => transition)
      .filter((one) => !/^(build|verdict)/.test(one))
      .toSorted(),
    chain: verifyChain(ledger).state,
  };
}

let whole: Awaited<ReturnType<typeof outcome>>;

it("has one ending", async (test) => {
  const told = await story(test, [MOST]);
  whole = await outcome(told);
  expect(told.deaths).toBe(0);
  expect(whole).toMatchObject({
    pulls: [
      { state: "closed", closedBy: "oakum[bot]", comments: [["ann", "/oakum rebase", "oakum[bot] +1"]] },
      {
        state: "closed",
        comments: [
          ["ann", "/oakum refuse", "oakum[bot] confused"],
          ["oakum[bot]", expect.stringContaining("`/oakum snooze soon`: snooze takes a time")],
        ],
      },
    ],
    ...{ branches: 2, commits: 1, states: ["held refused"], chain: "whole" },
  });
});

// Trees and commits that no branch names yet are made again: a life of fewer than three acts would never get past them.
it.concurrent.for([{ lives: [3] }, { lives: [1, 2, 1, 3, 1, 6] }])(
  "has the same one when it dies again and again, after $lives acts",
  async ({ lives }, test) => {
    const told = await story(test, lives);
    expect(told.deaths).toBeGreaterThan(2);
    expect(await outcome(told)).toEqual(whole);
  },
);
