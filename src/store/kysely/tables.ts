import type { Tables } from "../store.ts";
import { budgetsTable } from "./budgets.ts";
import { deliveriesTable } from "./deliveries.ts";
import { exposuresTable } from "./exposures.ts";
import { fencesTable } from "./fences.ts";
import { forget } from "./forget.ts";
import { indexTable } from "./index-table.ts";
import { ledgerTable } from "./ledger.ts";
import { observationsTable } from "./observations.ts";
import { outlooksTable } from "./outlooks.ts";
import { publicationsTable } from "./publications.ts";
import { pullsTable } from "./pulls.ts";
import { quarantineTable } from "./quarantine.ts";
import { type Channel, enqueue } from "./queue.ts";
import { rolloutsTable } from "./rollouts.ts";
import { scansTable } from "./scans.ts";
import type { Connection } from "./schema.ts";
import { sessionsTable } from "./sessions.ts";
import type { Version } from "./version.ts";
import { viewsTable } from "./views.ts";

/** What all tables of a store share. */
export interface Ground {
  readonly channel: Channel;
  readonly version: Version;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** All tables, on a connection or in a transaction. */
export function tablesOn(db: Connection, { channel, version, now }: Ground): Tables {
  return {
    index: indexTable(db),
    outlooks: outlooksTable(db),
    observations: observationsTable(db),
    publications: publicationsTable(db),
    scans: scansTable(db),
    exposures: exposuresTable(db),
    views: viewsTable(db),
    pulls: pullsTable(db),
    rollouts: rolloutsTable(db),
    quarantine: quarantineTable(db, now),
    ledger: ledgerTable(db),
    jobs: {
      enqueue: (job, priority = 0) => enqueue(channel, db, [job], { priority }),
      enqueueAll: (jobs, priority = 0) => enqueue(channel, db, jobs, { priority }),
      wake: (job, at, priority = 0) => enqueue(channel, db, [job], { at, priority, failures: 0 }),
    },
    fences: fencesTable(db, version),
    deliveries: deliveriesTable(db),
    sessions: sessionsTable(db),
    budgets: budgetsTable(db),
    forget: (repository) => forget(db, repository),
  };
}
