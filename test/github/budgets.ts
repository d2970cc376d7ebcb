import { backlogOf, budgetAt, decideWrite, type WriteBudget } from "../../src/core/write/budget.ts";
import { pauseAfter } from "../../src/core/write/pause.ts";
import type { Budgets, Installation } from "../../src/store/budgets.ts";

const NOTHING = { writes: [], noticed: 0, paused: 0, strikes: 0, turns: [] };

/** Budgets in memory, for what needs no store. */
export function memoryBudgets(): Budgets {
  const known = new Map<string, WriteBudget & { readonly strikes: number }>();
  const keyOf = ({ host, installation }: Installation) => `${host}/${installation}`;
  const get = (of: Installation) => known.get(keyOf(of)) ?? NOTHING;
  const put = (of: Installation, change: object) => known.set(keyOf(of), { ...get(of), ...change });
  return {
    async write(of, request, limits, now) {
      const budget = budgetAt(get(of), now);
      const decision = decideWrite(budget, request, limits, now);
      const changed = new Map(decision.turns.map((turn) => [turn.key, turn]));
      put(of, { ...budget, turns: [...budget.turns.filter(({ key }) => !changed.has(key)), ...changed.values()] });
      if (decision.state === "go") {
        put(of, { writes: [...budget.writes, decision.at], ...(request.notifies && { noticed: decision.at }) });
      }
      return decision;
    },
    async release(of, key) {
      put(of, { turns: get(of).turns.filter((turn) => turn.key !== key) });
    },
    async pause(of, seconds, now) {
      const { paused, strikes } = get(of);
      const pause = pauseAfter({ until: paused, strikes }, seconds, now);
      put(of, { paused: pause.until, strikes: pause.strikes });
      return pause.until;
    },
    pausedUntil: async (of) => get(of).paused,
    backlogs: async (limitsAt, now) =>
      [...known].map(([key, budget]) => {
        const [host = "", installation] = key.split("/");
        const of = { host, installation: Number(installation) };
        return { ...of, ...backlogOf(budget, limitsAt(host), now), pausedUntil: budget.paused };
      }),
  };
}
