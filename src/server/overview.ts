import type { LedgerEntry } from "../core/ledger.ts";
import type { Ledger, Store } from "../store/store.ts";
import type { Overview } from "./page.ts";

/** A page is for looking at: of each list, the first or newest so many. */
const MOST_REPOSITORIES = 100;
const MOST_ROWS = 100;
const LEDGER_ROWS = 50;

/** What the page shows, as it stands now. */
export async function overviewOf(store: Store): Promise<Overview> {
  return store.transaction(async ({ index, pulls, rollouts, ledger }) => {
    const repositories = [];
    for (const repository of (await index.repositories()).slice(0, MOST_REPOSITORIES)) {
      repositories.push({ repository, uses: (await index.uses(repository)).slice(0, MOST_ROWS) });
    }
    return {
      repositories,
      pulls: (await pulls.list(undefined)).slice(0, MOST_ROWS),
      rollouts: (await rollouts.list()).slice(0, MOST_ROWS),
      ledger: await newest(ledger),
    };
  });
}

async function newest(ledger: Ledger): Promise<readonly LedgerEntry[]> {
  const last = await ledger.last();
  return last === undefined ? [] : (await ledger.read(last.sequence - LEDGER_ROWS, LEDGER_ROWS)).toReversed();
}
