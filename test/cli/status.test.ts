import { expect, onTestFinished, test } from "vitest";
import { runStatus } from "../../src/cli/pause.ts";
import type { Control, RequestName } from "../../src/control/control.ts";
import { answerRequest } from "../../src/flow/requests.ts";
import { GITHUBS_LIMITS, limitsAt } from "../../src/github/octokit/pace.ts";
import { freshStore } from "../store/database.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

/** A store with a repository, and what `oakum status` says of it. */
async function shopStatus() {
  const store = await freshStore();
  onTestFinished(() => store.close());
  const shop = { ...{ host: "github.com", installation: 7, repository: 1, owner: "acme", name: "shop" } };
  await store.index.saveRepository({ ...shop, defaultBranch: "main", private: true, archived: false });
  const desk = { store, limitsAt, now: () => NOW };
  const open = async () =>
    ({
      ask: (name: RequestName, input: unknown) => answerRequest(desk, name, input),
      close: async () => {},
    }) as Control;
  const status = async (json: boolean) => {
    let out = "";
    const output = {
      json,
      colours: false,
      out: (text: string) => {
        out += text;
      },
      err: () => {},
    };
    expect(await runStatus(output, open)).toBe(0);
    return out;
  };
  return { store, shop, status };
}

test("oakum status says what waits for GitHub's limits, whose it is, and for about how long", async () => {
  const { store, shop, status } = await shopStatus();
  const want = (key: string, cost: number, now: number) => {
    const turn = { key, repository: "github.com/7/1", urgency: "normal", awaited: false } as const;
    return store.budgets.write(shop, { turn, cost, begun: false, notifies: false }, GITHUBS_LIMITS, now);
  };
  expect(await status(false)).not.toContain("acme");

  // All that the backlog may have of an hour is spoken for; so nobody knows yet when these may write.
  expect((await want("first", 65, NOW)).state).toBe("go");
  expect((await want("second", 65, NOW)).state).toBe("wait");
  expect((await want("third", 65, NOW)).state).toBe("wait");
  await store.budgets.pause({ host: "github.com", installation: 8 }, 600, NOW);
  expect(await status(false)).toContain("acme: 2 changes wait for GitHub's write limit, about 2 min\n");
  expect(await status(false)).toContain("installation 8: GitHub asked for a pause until 2026-11-28 12:10 UTC\n");
  expect(JSON.parse(await status(true)).backlogs).toEqual([
    { installation: 7, account: "acme", waiting: 2, seconds: 120, text: expect.any(String) },
    { installation: 8, waiting: 0, seconds: 0, text: expect.any(String) },
  ]);
});

test("oakum status counts branches that are kept patched, and none that are only heard of", async () => {
  const { store, shop, status } = await shopStatus();
  expect(await status(false)).toContain("1 repositories, 0 pull requests open\n");
  const bases = ["release/1.x", "release/2.x"];
  const heads = new Map(bases.map((base) => [base, "1".repeat(40)]));
  await store.index.saveLines(shop, { patterns: ["release/*"], left: 0 }, heads);
  await store.index.doubt({ ...shop, base: "release/3.x" }, { cause: "2".repeat(40), since: 1 });
  expect(await status(false)).toContain("1 repositories, 2 other branches of them, 0 pull requests open\n");
  expect(JSON.parse(await status(true))).toMatchObject({ repositories: 1, branches: 2 });
});
