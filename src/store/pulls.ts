import type { PullRecord } from "../core/pull/pull.ts";
import type { RepositoryId, Sha } from "../core/repository.ts";

export interface PullRecords {
  /** Writes a record over the open or closed one of its branch; one that merged stays. */
  save(record: PullRecord): Promise<void>;
  /** Changes the newest record of a branch as it stands now, locked meanwhile; nothing when there is none. */
  update(repository: RepositoryId, branch: string, change: (record: PullRecord) => PullRecord): Promise<void>;
  /** The newest record of a branch. */
  get(repository: RepositoryId, branch: string): Promise<PullRecord | undefined>;
  byMerge(repository: RepositoryId, merge: Sha): Promise<PullRecord | undefined>;
  /** Newest first. */
  list(repository: RepositoryId | undefined): Promise<readonly PullRecord[]>;
  /** Every repository that a record is about, once. */
  repositories(): Promise<readonly RepositoryId[]>;
  /** The newest of each branch, unless it merged: those that are open, or closed. */
  unmerged(): Promise<readonly PullRecord[]>;
  /** Those that merged, and whose merge has no release. */
  unreleased(): Promise<readonly PullRecord[]>;
}
