/** A pull request in the merge queue of its base, in the order of their ids. */
export interface QueueEntry {
  readonly id: number;
  readonly repository: number;
  readonly base: string;
  /** The pull request's number, and the head that was queued. */
  readonly number: number;
  readonly head: string;
  readonly enqueuer: string;
  readonly enqueuedAt: string;
  /** What is tested: this pull request merged on all that are before it. */
  readonly group?: MergeGroup;
}

export interface MergeGroup {
  /** A branch below `gh-readonly-queue/`. */
  readonly branch: string;
  readonly base: string;
  readonly sha: string;
  readonly since: string;
}
