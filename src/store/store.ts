import type { AppError } from "../core/errors.ts";
import type { RepositoryId } from "../core/repository.ts";
import type { Budgets } from "./budgets.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Exposures } from "./exposures.ts";
import type { Fences } from "./fences.ts";
import type { Index } from "./inverted-index.ts";
import type { Jobs } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import type { Observations } from "./observations.ts";
import type { Outlooks } from "./outlooks.ts";
import type { Publications } from "./publications.ts";
import type { PullRecords } from "./pulls.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Queue } from "./queue.ts";
import type { Rollouts } from "./rollouts.ts";
import type { Scans } from "./scans.ts";
import type { Sessions } from "./sessions.ts";
import type { Views } from "./views.ts";

/** What only we know. Everything else is asked of the repository, GitHub, the registries and the targets. */
export interface Tables {
  readonly index: Index;
  readonly outlooks: Outlooks;
  readonly observations: Observations;
  readonly publications: Publications;
  readonly scans: Scans;
  readonly exposures: Exposures;
  readonly views: Views;
  readonly pulls: PullRecords;
  readonly rollouts: Rollouts;
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly fences: Fences;
  readonly deliveries: Deliveries;
  readonly sessions: Sessions;
  readonly budgets: Budgets;
  /**
   * Deletes all that is kept of a repository that we may no longer see, and of images that nobody else uses. What is
   * quarantined stays, and so does the ledger.
   */
  forget(repository: RepositoryId): Promise<void>;
}

export interface Store extends Tables {
  /** All of `work` or nothing, jobs included. Never nested. */
  transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The store as the process opened it: with the queue's other end, from which jobs are run. */
export interface OpenStore extends Store {
  readonly queue: Queue;
  /** Told when a newer version of Oakum has changed the tables: from then on no job of this process may begin an act. */
  readonly superseded: Promise<AppError>;
}
