import { afterAll, beforeAll, expect, test } from "vitest";
import type { WriteRequest } from "../../src/core/write/budget.ts";
import type { WriteLimits } from "../../src/core/write/window.ts";
import type { OpenStore } from "../../src/store/store.ts";

const LIMITS: WriteLimits = { perMinute: 10, perHour: 20, kept: 0, between: 1000, betweenNotices: 3000 };
const NOW = Date.UTC(2026, 10, 28);

function request(key: string, more: Partial<WriteRequest> = {}): WriteRequest {
  const turn = { key, repository: key, urgency: "normal", awaited: false } as const;
  return { turn, cost: 2, begun: false, notifies: false, ...more };
}

/** What every store must do with budgets, whoever asks at the same time. */
export function budgetSuite(open: () => Promise<OpenStore>): void {
  let store: OpenStore;
  let installations = 0;
  const installation = () => {
    installations += 1;
    return { host: "github.com", installation: installations };
  };
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test("many that ask at once are granted no more than there is, each write at a time of its own", async () => {
    const of = installation();
    const all = Array.from({ length: 30 }, (_, job) => store.budgets.write(of, request(`job ${job}`), LIMITS, NOW));
    const decisions = await Promise.all(all);
    const times = decisions.flatMap((decision) => (decision.state === "go" ? [decision.at] : []));
    expect(times.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4].map((second) => NOW + second * 1000));
    const [{ waiting } = { waiting: 0 }] = (await store.budgets.backlogs(() => LIMITS, NOW)).filter(
      (one) => one.installation === of.installation,
    );
    expect(waiting).toBe(25);
  });

  test("what was granted and not used is given back; who waits keeps its age", async () => {
    const of = installation();
    for (let job = 0; job < 5; job += 1) await store.budgets.write(of, request(`job ${job}`), LIMITS, NOW);
    expect(await store.budgets.write(of, request("late"), LIMITS, NOW + 1)).toMatchObject({ state: "wait" });
    for (let job = 0; job < 5; job += 1) await store.budgets.release(of, `job ${job}`);
    const [turn] = (await store.budgets.write(of, request("late"), LIMITS, NOW + 60_000)).turns;
    expect(turn).toMatchObject({ key: "late", granted: true, since: NOW + 1, rest: 1 });
  });

  test("the next of a repository comes after those that waited meanwhile", async () => {
    const of = installation();
    const ask = (key: string, repository: string, at: number) =>
      store.budgets.write(of, { ...request(key), turn: { ...request(key).turn, repository } }, LIMITS, NOW + at);
    for (let job = 0; job < 5; job += 1) await ask(`job ${job}`, "a", 0);
    await ask("second of a", "a", 1);
    await ask("b", "b", 2);
    for (let job = 0; job < 5; job += 1) await store.budgets.release(of, `job ${job}`);
    expect(await ask("b", "b", 60_000)).toMatchObject({ state: "go" });
  });

  test("a pause is everyone's, each longer than the last unless GitHub says how long, and no turn is lost in it", async () => {
    const of = installation();
    expect(await store.budgets.pausedUntil(of)).toBe(0);
    expect(await store.budgets.pause(of, undefined, NOW)).toBe(NOW + 60_000);
    expect(await store.budgets.pause(of, undefined, NOW + 1000)).toBe(NOW + 60_000);
    expect(await store.budgets.write(of, request("job"), LIMITS, NOW)).toMatchObject({ until: NOW + 60_000 });
    expect(await store.budgets.pause(of, undefined, NOW + 60_000)).toBe(NOW + 180_000);
    expect(await store.budgets.pause(of, 900, NOW + 61_000)).toBe(NOW + 961_000);
    expect(await store.budgets.pausedUntil(of)).toBe(NOW + 961_000);
    const backlogs = await store.budgets.backlogs(() => LIMITS, NOW + 61_000);
    expect(backlogs).toContainEqual({ ...of, waiting: 1, seconds: 900, pausedUntil: NOW + 961_000 });
    expect(await store.budgets.write(of, request("job"), LIMITS, NOW + 961_000)).toMatchObject({ state: "go" });
  });

  test("what an hour ago was written or waited for is forgotten", async () => {
    const of = installation();
    for (let job = 0; job < 20; job += 1) {
      await store.budgets.write(of, request(`job ${job}`, { cost: 1 }), LIMITS, NOW + job * 10_000);
    }
    const later = NOW + 2 * 3_600_000;
    for (let job = 0; job < 10; job += 1) {
      expect(await store.budgets.write(of, request(`new ${job}`, { cost: 1 }), LIMITS, later)).toMatchObject({
        state: "go",
      });
    }
  });
}
