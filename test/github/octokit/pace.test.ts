import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { GITHUBS_LIMITS, GITHUBS_PACE, type Pace } from "../../../src/github/octokit/pace.ts";
import { memoryBudgets } from "../budgets.ts";
import { mockedGitHub, SHA, web } from "./mocked-github.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MOST_TURNS = 100_000;
/** A fraction of what GitHub allows, for a fraction of the requests. test/core/write/budget.test.ts has the whole of it. */
const FEW: Pace = { ...GITHUBS_PACE, writes: { ...GITHUBS_LIMITS, perMinute: 20, perHour: 60 } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** GitHub at the pace it asks for. `starts`: when each request but for tokens was made. */
function paced(
  answer: (request: number) => Response = () => Response.json([]),
  budgets = memoryBudgets(),
  pace = GITHUBS_PACE,
) {
  const starts: number[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    if (String(input).endsWith("/access_tokens"))
      return Response.json({ token: "t", expires_at: new Date(Date.now() + 24 * HOUR).toISOString() }, { status: 201 });
    starts.push(Date.now());
    return answer(starts.length);
  };
  const github = mockedGitHub({ pace, fetch, now: Date.now, sleep, budgets });
  return { github, starts };
}

/** Does it again whenever it was told to wait, as a worker does. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, "UNAVAILABLE") || error.retryAfter === undefined) throw error;
      await sleep(error.retryAfter * 1000);
    }
  }
}

/** Lets the fake time pass from one timer to the next for as long as `work` takes; what it throws is an answer too. */
async function inFakeTime(work: Promise<unknown>): Promise<unknown> {
  let isDone = false;
  const settled = work
    .catch((error: unknown) => error)
    .finally(() => {
      isDone = true;
    });
  for (let turn = 0; !isDone; turn += 1) {
    if (turn > MOST_TURNS) throw new Error("it does not end");
    await setImmediate();
    await vi.advanceTimersToNextTimerAsync();
  }
  return settled;
}

function gaps(starts: readonly number[]): readonly number[] {
  return starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
}

/** The most that were started within any such span. */
function mostWithin(starts: readonly number[], span: number): number {
  return Math.max(...starts.map((from) => starts.filter((start) => start >= from && start < from + span).length));
}

const times = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));

const SECONDARY = { message: "You have exceeded a secondary rate limit" };

test("a few writes follow one another by the second, and pulls by three", async () => {
  const { github, starts } = paced();
  await inFakeTime(times(5, () => github.pulls.label(web, 5, ["security"])));
  expect(gaps(starts).every((gap) => gap >= 1000 && gap < 2000)).toBe(true);

  const pulls = paced(() => Response.json({ message: "no" }, { status: 422 }));
  const open = () => pulls.github.pulls.open(web, { branch: "b", base: "main", title: "t", body: "b" });
  await inFakeTime(times(3, () => open().catch(() => {})));
  expect(pulls.starts).toHaveLength(3);
  expect(gaps(pulls.starts).every((gap) => gap >= 3000)).toBe(true);
});

test("no minute and no hour has more writes than is allowed, of several processes and after a restart", async () => {
  const budgets = memoryBudgets();
  const all = [paced(undefined, budgets, FEW), paced(undefined, budgets, FEW)];
  const label = (process: number) => insist(() => all[process % 2]!.github.pulls.label(web, 5, ["security"]));
  await inFakeTime(Promise.all(Array.from({ length: 60 }, (_, index) => label(index))));
  all.push(paced(undefined, budgets, FEW));
  await inFakeTime(times(40, () => insist(() => all[2]!.github.pulls.label(web, 5, ["security"]))));
  const starts = all.flatMap((process) => process.starts).toSorted((one, other) => one - other);
  expect(starts).toHaveLength(100);
  expect(mostWithin(starts, MINUTE)).toBeLessThanOrEqual(20);
  expect(mostWithin(starts, HOUR)).toBe(60);
});

test("reads and other installations do not wait for an installation's writes; its job is told when to come back", async () => {
  const { github } = paced(undefined, undefined, FEW);
  await inFakeTime(times(60, () => insist(() => github.pulls.label(web, 5, ["security"]))));
  // Asking for a token is signed, which takes real time while the fake one runs away.
  await inFakeTime(github.pulls.reviews(web, 5));
  await inFakeTime(github.pulls.label({ ...web, installation: 12 }, 5, ["security"]));
  const before = Date.now();
  const refused = await inFakeTime(github.pulls.label(web, 5, ["security"]));
  expect(refused).toMatchObject({ code: "UNAVAILABLE" });
  expect(Date.now() - before).toBeLessThan(1000);
  await inFakeTime(times(50, () => github.pulls.reviews(web, 5)));
  await inFakeTime(github.pulls.label({ ...web, installation: 12 }, 5, ["security"]));
  expect(Date.now() - before).toBeLessThan(MINUTE);
});

test("a limit pauses the installation for every process, for as long as GitHub asks, and no request is spent on it", async () => {
  const ref = () => Response.json({ ref: "refs/heads/main", object: { sha: SHA, type: "commit" } });
  const wait = { status: 429, headers: { "retry-after": "900" } };
  const budgets = memoryBudgets();
  const told = paced((request) => (request === 1 ? Response.json(SECONDARY, wait) : ref()), budgets);
  const other = paced(ref, budgets);
  const head = ({ github }: typeof told) => github.trees.head(web, "main");
  expect(await inFakeTime(head(told))).toMatchObject({ code: "UNAVAILABLE", retryAfter: 900 });
  expect(await inFakeTime(head(told))).toMatchObject({ code: "UNAVAILABLE" });
  expect(await inFakeTime(head(other))).toMatchObject({ code: "UNAVAILABLE", retryAfter: 900 });
  expect(await inFakeTime(other.github.pulls.label(web, 5, ["security"]))).toMatchObject({ code: "UNAVAILABLE" });
  expect([told.starts.length, other.starts.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(900_000);
  expect(await inFakeTime(head(told))).toBe(SHA);
  expect(await inFakeTime(head(other))).toBe(SHA);
});

test("an exhausted hour is waited out until its reset", async () => {
  const reset = String(Math.ceil(Date.now() / 1000) + 40);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  const { github } = paced(() => Response.json({ message: "API rate limit exceeded" }, { status: 403, headers }));
  const refused = await inFakeTime(github.trees.head(web, "main"));
  expect(refused).toMatchObject({ code: "UNAVAILABLE", retryAfter: expect.any(Number) });
  const { retryAfter } = refused as { retryAfter: number };
  expect(retryAfter).toBeGreaterThanOrEqual(40);
  expect(retryAfter).toBeLessThan(50);
});

test("where GitHub names no time, each pause in a row is longer than the last", async () => {
  const { github, starts } = paced(() => Response.json(SECONDARY, { status: 403 }));
  const waits: unknown[] = [];
  for (let limit = 0; limit < 4; limit += 1) {
    const { retryAfter } = (await inFakeTime(github.trees.head(web, "main"))) as { retryAfter: number };
    waits.push(retryAfter);
    await vi.advanceTimersByTimeAsync(retryAfter * 1000);
  }
  expect(waits).toEqual([60, 120, 240, 480]);
  expect(starts).toHaveLength(4);
});

test("a limit of GraphQL, which is told with a 200, is one too", async () => {
  const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }];
  const { github } = paced((request) => {
    return request === 1 ? Response.json({ id: 42, node_id: "R_1", full_name: "acme/web" }) : Response.json({ errors });
  });
  const moved = await inFakeTime(github.branches.move(web, "b", undefined, SHA));
  expect(moved).toMatchObject({ code: "UNAVAILABLE", retryAfter: 60 });
});

test("what failed inside GitHub is asked again after a second, then four", async () => {
  const ref = () => Response.json({ ref: "refs/heads/main", object: { sha: SHA, type: "commit" } });
  const { github, starts } = paced((request) => (request < 3 ? Response.json({}, { status: 502 }) : ref()));
  expect(await inFakeTime(github.trees.head(web, "main"))).toBe(SHA);
  const [first = 0, second = 0] = gaps(starts);
  expect(first).toBeGreaterThanOrEqual(1000);
  expect(second).toBeGreaterThanOrEqual(4000);
});
