import type { RepositoryId } from "../core/repository.ts";
import type { WriteRank } from "../core/write/turn.ts";

/** What a job says of what it is about to change, so that it has its turn among all that want to. */
export interface Turn {
  /** The job's key. */
  readonly key: string;
  readonly repository: RepositoryId;
  /** Asked for when something is changed, if anything is. */
  urgency(): Promise<WriteRank>;
  /** Whether a person waits for it now. */
  readonly awaited: boolean;
  /** How many changes it makes until it can be left alone. */
  readonly writes: number;
}

export interface Writes {
  /**
   * Does `work` as a turn, or as one within another: the changes that it makes are granted together. UNAVAILABLE, before
   * the first of them, when others come before it or GitHub allows no more for now.
   */
  turn<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
}
