import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Urgency } from "../../../src/core/policy/policy.ts";
import { backlogOf, backlogText, type WriteBudget } from "../../../src/core/write/budget.ts";
import { HOUR, MINUTE, type WriteLimits } from "../../../src/core/write/window.ts";
import type { Installation } from "../../../src/store/budgets.ts";
import { memoryBudgets } from "../../github/budgets.ts";

const ACME: Installation = { host: "github.com", installation: 7 };
const START = Date.UTC(2026, 10, 28);
const LIMITS: WriteLimits = { perMinute: 75, perHour: 480, kept: 1 / 8, between: 1000, betweenNotices: 3000 };
/** Seconds that a request takes to reach GitHub at most, for which the limits are below GitHub's. */
const LATENCY = 15_000;

interface Job {
  readonly key: string;
  readonly repository: string;
  readonly urgency: Urgency;
  readonly awaited: boolean;
  /** When it first wants to write, after the start. */
  readonly at: number;
  readonly writes: number;
  /** After which write its process dies, if it does; then it begins anew. */
  readonly dies?: number | undefined;
}

interface Told {
  /** When each write reached GitHub. */
  readonly arrivals: readonly number[];
  /** When each job was granted its first write. */
  readonly granted: ReadonlyMap<string, number>;
}

/** Lets jobs ask for their writes as workers do, in fake time. A job that waits comes back when it was told, or a bit later. */
async function tell(jobs: readonly Job[], limits: WriteLimits, chance: () => number = () => 0): Promise<Told> {
  const budgets = memoryBudgets();
  const arrivals: number[] = [];
  const granted = new Map<string, number>();
  let events = jobs.map((job) => ({ job, at: START + job.at, done: 0, hasDied: false }));
  for (let turn = 0; events.length > 0; turn += 1) {
    if (turn > 50_000) throw new Error("somebody waits for ever");
    events.sort((one, other) => one.at - other.at);
    const [event, ...others] = events;
    if (event === undefined) break;
    const { job, at, done } = event;
    const { key, repository, urgency, awaited } = job;
    const request = { turn: { key, repository, urgency, awaited }, cost: 4, begun: done > 0, notifies: done === 3 };
    const decision = await budgets.write(ACME, request, limits, at);
    events = others;
    if (decision.state === "wait") {
      expect(decision.until).toBeGreaterThan(at);
      events.push({ ...event, at: decision.until + chance() * 20_000, done: 0 });
      continue;
    }
    if (!granted.has(key)) granted.set(key, at);
    arrivals.push(decision.at + chance() * LATENCY);
    if (job.dies === done && !event.hasDied) events.push({ job, at: at + MINUTE, done: 0, hasDied: true });
    else if (done + 1 < job.writes) events.push({ ...event, at: decision.at + 300, done: done + 1 });
    else await budgets.release(ACME, key);
  }
  return { arrivals: arrivals.sort((one, other) => one - other), granted };
}

function mostWithin(times: readonly number[], span: number): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + span).length));
}

const URGENCIES = ["known-exploited", "critical", "high", "normal"] as const;

const someJobs = fc.array(
  fc.record({
    repository: fc.constantFrom("a", "b", "c", "d"),
    urgency: fc.constantFrom(...URGENCIES),
    awaited: fc.boolean(),
    at: fc.integer({ min: 0, max: 2 * HOUR }),
    writes: fc.integer({ min: 1, max: 6 }),
    dies: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 60, size: "max" },
);

test("no minute and no hour has more writes than GitHub allows, and everyone is granted", async () => {
  await fc.assert(
    fc.asyncProperty(someJobs, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (some, stream) => {
      const chance = () => stream.next().value ?? 0;
      const jobs = some.map((job, index) => ({ ...job, key: `job ${index}` }));
      // As scarce as 60 jobs need it to be.
      const limits = { ...LIMITS, perMinute: 20, perHour: 60 };
      const { arrivals, granted } = await tell(jobs, limits, chance);
      expect(granted.size).toBe(jobs.length);
      expect(mostWithin(arrivals, MINUTE - LATENCY)).toBeLessThanOrEqual(limits.perMinute);
      expect(mostWithin(arrivals, HOUR - LATENCY)).toBeLessThanOrEqual(limits.perHour);
    }),
    { numRuns: 40 },
  );
});

test("300 bumps at once take as long as 1,200 writes at 480 an hour, whatever the network does", async () => {
  let seed = 1;
  const chance = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const jobs = Array.from({ length: 300 }, (_, index) => {
    return {
      key: `job ${index}`,
      repository: `r${index}`,
      urgency: "normal",
      awaited: false,
      at: 0,
      writes: 4,
    } as const;
  });
  const { arrivals } = await tell(jobs, LIMITS, chance);
  expect(arrivals).toHaveLength(1200);
  expect(mostWithin(arrivals, MINUTE)).toBeLessThanOrEqual(80);
  expect(mostWithin(arrivals, HOUR)).toBeLessThanOrEqual(500);
  expect(mostWithin(arrivals, HOUR)).toBeGreaterThan(400);
  expect((arrivals.at(-1) ?? 0) - START).toBeLessThan(3 * HOUR);
});

describe("the order", () => {
  const job = (key: string, more: Partial<Job> = {}): Job => {
    return { key, repository: key, urgency: "normal", awaited: false, at: 0, writes: 4, ...more };
  };
  /** An hour's writes are gone, but for the four that the first job takes. */
  const scarce = { ...LIMITS, perMinute: 4, perHour: 4, kept: 0 };
  const orderOf = async (jobs: readonly Job[]) => [...(await tell([job("first"), ...jobs], scarce)).granted.keys()];

  test("known-exploited, critical, high, and then by age", async () => {
    const jobs = [
      job("older", { at: 1000 }),
      job("newer", { at: 2000 }),
      job("high", { at: 3000, urgency: "high" }),
      job("critical", { at: 4000, urgency: "critical" }),
      job("exploited", { at: 5000, urgency: "known-exploited" }),
    ];
    expect(await orderOf(jobs)).toEqual(["first", "exploited", "critical", "high", "older", "newer"]);
  });

  test("what a person waits for comes before what is as urgent", async () => {
    const jobs = [job("backlog", { at: 1000 }), job("asked for", { at: 2000, awaited: true })];
    expect(await orderOf(jobs)).toEqual(["first", "asked for", "backlog"]);
  });

  test("one repository with much to write takes turns with the others", async () => {
    const many = Array.from({ length: 5 }, (_, index) =>
      job(`many ${index}`, { at: 1000 + index, repository: "many" }),
    );
    expect((await orderOf([...many, job("one", { at: 2000 })])).indexOf("one")).toBe(2);
  });

  test("who does not come back is not waited for, and keeps its age", async () => {
    const budgets = memoryBudgets();
    const ask = (key: string, at: number, begun = false) => {
      const turn = { key, repository: key, urgency: "normal", awaited: false } as const;
      return budgets.write(ACME, { turn, cost: 4, begun, notifies: false }, scarce, START + at);
    };
    await ask("first", 0);
    for (let write = 1; write < 4; write += 1) await ask("first", 1000 * write, true);
    await budgets.release(ACME, "first");
    expect(await ask("gone", 10_000)).toMatchObject({ state: "wait" });
    expect(await ask("there", 20_000)).toMatchObject({ state: "wait" });
    expect(await ask("there", HOUR + 5000)).toMatchObject({ state: "go" });
    expect((await ask("gone", HOUR + 6000)).turns[0]?.since).toBe(START + 10_000);
  });
});

test("what is kept is for what a person waits for, and for the known-exploited", async () => {
  const limits = { ...LIMITS, perMinute: 80, perHour: 80, kept: 1 / 8, between: 0 };
  const budgets = memoryBudgets();
  const ask = (key: string, more: { urgency?: Urgency; awaited?: boolean } = {}) => {
    const turn = { key, repository: key, urgency: "normal", awaited: false, ...more } as const;
    return budgets.write(ACME, { turn, cost: 10, begun: false, notifies: false }, limits, START);
  };
  const states: string[] = [];
  for (let job = 0; job < 8; job += 1) states.push((await ask(`job ${job}`)).state);
  expect(states).toEqual([...Array(7).fill("go"), "wait"]);
  expect((await ask("a person's", { awaited: true })).state).toBe("go");
  expect((await ask("exploited", { urgency: "known-exploited" })).state).toBe("wait");
});

test("a job that was granted its writes finishes them, whoever comes meanwhile", async () => {
  const budgets = memoryBudgets();
  const limits = { ...LIMITS, perMinute: 8, perHour: 8, kept: 0, between: 0 };
  const write = (key: string, begun: boolean, urgency: Urgency = "normal") =>
    budgets.write(
      ACME,
      { turn: { key, repository: key, urgency, awaited: false }, cost: 4, begun, notifies: false },
      limits,
      START,
    );
  expect((await write("slow", false)).state).toBe("go");
  expect((await write("other", false)).state).toBe("go");
  expect((await write("urgent", false, "known-exploited")).state).toBe("wait");
  for (let more = 1; more < 4; more += 1) expect((await write("slow", true)).state).toBe("go");
  expect((await write("slow", true)).state).toBe("wait");
});

describe("a clock that jumps", () => {
  const used: WriteBudget = {
    writes: Array.from({ length: 480 }, (_, index) => START + index * 1000),
    noticed: START,
    paused: 0,
    turns: [],
  };
  const waiting = { key: "job", repository: "a", urgency: "normal", awaited: false } as const;
  const secondsAt = (now: number) => {
    const turn = { ...waiting, since: now, granted: false, rest: 4, until: now + 1000 };
    return backlogOf({ ...used, turns: [turn] }, LIMITS, now).seconds;
  };

  test("back by an hour or a day keeps nobody waiting for more than an hour", () => {
    for (const back of [HOUR, 24 * HOUR]) {
      const seconds = secondsAt(START - back);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(3600);
    }
  });

  test("forward by a day allows another hour's writes, and no more", async () => {
    const jobs = Array.from({ length: 300 }, (_, index) => {
      return { key: `job ${index}`, repository: `r${index}`, urgency: "normal", awaited: false, writes: 4 } as const;
    });
    // Half of them by the clock before the jump, half by the one after.
    const { arrivals } = await tell(
      jobs.map((job, index) => ({ ...job, at: index < 150 ? 0 : 24 * HOUR })),
      LIMITS,
    );
    expect(mostWithin(arrivals, HOUR)).toBeLessThanOrEqual(500);
  });
});

test("the backlog is as long as it takes", () => {
  const turn = { repository: "a", urgency: "normal", awaited: false, granted: false, rest: 4 } as const;
  const turns = Array.from({ length: 210 }, (_, index) => {
    return { ...turn, key: `job ${index}`, repository: `r${index}`, since: START, until: START + MINUTE };
  });
  const budget: WriteBudget = { writes: [], noticed: 0, paused: 0, turns };
  // 420 in the first hour, 420 in the next.
  const { waiting, seconds } = backlogOf(budget, LIMITS, START);
  expect(waiting).toBe(210);
  expect(seconds).toBeGreaterThan(3600);
  expect(seconds).toBeLessThan(2 * 3600);
  expect(backlogText({ waiting, seconds })).toBe("210 changes wait for GitHub's write limit, about 1 h");
  expect(backlogText({ waiting: 1, seconds: 5 })).toBe("1 change waits for GitHub's write limit, about 1 min");
  expect(backlogText({ waiting: 0, seconds: 0 })).toBe("");
  expect(backlogOf({ ...budget, turns: [] }, LIMITS, START)).toEqual({ waiting: 0, seconds: 0 });
  expect(backlogOf({ ...budget, turns: turns.slice(0, 1), paused: START + 600_000 }, undefined, START)).toEqual({
    waiting: 1,
    seconds: 600,
  });
});
