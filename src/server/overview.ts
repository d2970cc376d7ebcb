import type { LedgerEntry } from "../core/ledger.ts";
import { pauses } from "../flow/pause.ts";
import type { Ledger, Store } from "../store/store.ts";
import type { Listed, Overview } from "./page.ts";

/** A page is for looking at: of each list, the first or newest so many. */
const MOST_ROWS = 100;
const LEDGER_ROWS = 50;

/** What the page shows, as it stands now. */
export async function overviewOf(store: Store): Promise<Overview> {
  return store.transaction(async ({ index, pulls, rollouts, ledger }) => {
    const repositories = await index.repositories();
    const used = [];
    for (const repository of repositories.slice(0, MOST_ROWS)) {
      used.push({ repository, uses: listed(await index.uses(repository)) });
    }
    const allPulls = await pulls.list(undefined);
    const allRollouts = await rollouts.list();
    return {
      repositories,
      used: { shown: used, total: repositories.length },
      pulls: listed(allPulls),
      openPulls: allPulls.filter(({ state }) => state === "open").length,
      rollouts: listed(allRollouts),
      confirmedRollouts: allRollouts.filter(({ phase }) => phase === "confirmed").length,
      ledger: await newest(ledger),
      pauses: await pauses({ ledger, index }),
    };
  });
}

function listed<T>(all: readonly T[]): Listed<T> {
  return { shown: all.slice(0, MOST_ROWS), total: all.length };
}

async function newest(ledger: Ledger): Promise<Listed<LedgerEntry>> {
  const last = await ledger.last();
  if (last === undefined) return { shown: [], total: 0 };
  const rows = await ledger.read(last.sequence - LEDGER_ROWS, LEDGER_ROWS);
  return { shown: rows.toReversed(), total: last.sequence };
}
