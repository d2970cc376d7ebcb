import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GITHUBS_PACE } from "../../../src/github/octokit/pace.ts";
import { mockedGitHub, SHA, web } from "./mocked-github.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MOST_TURNS = 100_000;
/** What GitHub allows of requests that create content. */
const MOST = { minute: 80, hour: 500 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

let hosts = 0;

/** GitHub on a host of its own (the plugin keeps what is under way on one), at the pace it asks for. `starts`: when each request but for tokens was made. */
function paced(answer: (request: number) => Response = () => Response.json([])) {
  const starts: number[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    if (String(input).endsWith("/access_tokens"))
      return Response.json({ token: "t", expires_at: new Date(Date.now() + 24 * HOUR).toISOString() }, { status: 201 });
    starts.push(Date.now());
    return answer(starts.length);
  };
  hosts += 1;
  const host = `github-${hosts}.example`;
  const github = mockedGitHub({ host, pace: GITHUBS_PACE, fetch, now: Date.now });
  return { github, repository: { ...web, host }, starts };
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

test("a few writes follow one another by the second, and pulls by three", async () => {
  const { github, repository, starts } = paced();
  await inFakeTime(times(5, () => github.pulls.label(repository, 5, ["security"])));
  expect(gaps(starts).every((gap) => gap >= 1000 && gap < 2000)).toBe(true);

  const pulls = paced(() => Response.json({ message: "no" }, { status: 422 }));
  const open = () => pulls.github.pulls.open(pulls.repository, { branch: "b", base: "main", title: "t", body: "b" });
  await inFakeTime(times(3, () => open().catch(() => {})));
  expect(pulls.starts).toHaveLength(3);
  expect(gaps(pulls.starts).every((gap) => gap >= 3000)).toBe(true);
});

test("no minute and no hour has more writes of an installation than GitHub allows, and reads do not wait", async () => {
  const { github, repository, starts } = paced();
  const other = paced();
  await inFakeTime(times(700, () => github.pulls.label(repository, 5, ["security"])));
  expect(starts).toHaveLength(700);
  expect(mostWithin(starts, MINUTE)).toBeLessThanOrEqual(MOST.minute);
  expect(mostWithin(starts, HOUR)).toBeLessThanOrEqual(MOST.hour);
  expect(mostWithin(starts, HOUR)).toBeGreaterThan(MOST.hour * 0.8);

  // Asking for a token is signed, which takes real time while the fake one runs away.
  await inFakeTime(github.pulls.reviews(repository, 5));
  await inFakeTime(other.github.pulls.label(other.repository, 5, ["security"]));
  const before = Date.now();
  await inFakeTime(times(50, () => github.pulls.reviews(repository, 5)));
  await inFakeTime(other.github.pulls.label(other.repository, 5, ["security"]));
  expect(Date.now() - before).toBeLessThan(MINUTE);
});

test("a question is asked again after the wait that GitHub asks for, and no sooner", async () => {
  const ref = () => Response.json({ ref: "refs/heads/main", object: { sha: SHA, type: "commit" } });
  const limit = { message: "You have exceeded a secondary rate limit" };
  const wait = { status: 429, headers: { "retry-after": "30" } };
  const told = paced((request) => (request === 1 ? Response.json(limit, wait) : ref()));
  expect(await inFakeTime(told.github.trees.head(told.repository, "main"))).toBe(SHA);
  const [first = 0] = gaps(told.starts);
  expect(first).toBeGreaterThanOrEqual(30_000);
  expect(first).toBeLessThan(40_000);

  const exhausted = () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 40);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    return Response.json({ message: "API rate limit exceeded" }, { status: 403, headers });
  };
  const reset = paced((request) => (request === 1 ? exhausted() : ref()));
  expect(await inFakeTime(reset.github.trees.head(reset.repository, "main"))).toBe(SHA);
  const [second = 0] = gaps(reset.starts);
  expect(second).toBeGreaterThanOrEqual(40_000);
  expect(second).toBeLessThan(50_000);
});

test("a longer wait than a minute is the job's, which is told how long", async () => {
  const headers = { "retry-after": "900" };
  const limit = () => Response.json({ message: "You have exceeded a secondary rate limit" }, { status: 429, headers });
  const { github, repository, starts } = paced(limit);
  const refused = await inFakeTime(github.trees.head(repository, "main"));
  expect(refused).toMatchObject({ code: "UNAVAILABLE", retryAfter: 900 });
  expect(starts).toHaveLength(1);
});

test("what failed inside GitHub is asked again after a second, then four", async () => {
  const ref = () => Response.json({ ref: "refs/heads/main", object: { sha: SHA, type: "commit" } });
  const { github, repository, starts } = paced((request) => (request < 3 ? Response.json({}, { status: 502 }) : ref()));
  expect(await inFakeTime(github.trees.head(repository, "main"))).toBe(SHA);
  const [first = 0, second = 0] = gaps(starts);
  expect(first).toBeGreaterThanOrEqual(1000);
  expect(second).toBeGreaterThanOrEqual(4000);
});
