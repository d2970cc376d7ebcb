import type { RepositoryId } from "../core/repository.ts";
import type { WriteBacklog, WriteDecision, WriteRequest } from "../core/write/budget.ts";
import type { LimitsAt, WriteLimits } from "../core/write/window.ts";

/** Whose requests GitHub counts together. */
export type Installation = Pick<RepositoryId, "host" | "installation">;

/**
 * What an installation may still ask of GitHub. It is kept here, so that neither a restart nor another process forgets it.
 * Times are milliseconds since the epoch, by the clock of whoever asks.
 */
export interface Budgets {
  /** Decides whether a write may be made now, and remembers what was decided. */
  write(of: Installation, request: WriteRequest, limits: WriteLimits, now: number): Promise<WriteDecision>;
  /** Ends the turn of a job, which gives back what it was granted and did not use, or waits no longer. */
  release(of: Installation, key: string): Promise<void>;
  /** Remembers that GitHub wants to be left alone, for so many seconds where it said; answers until when. */
  pause(of: Installation, seconds: number | undefined, now: number): Promise<number>;
  /** Until when GitHub wants to be left alone; 0: it never said. */
  pausedUntil(of: Installation): Promise<number>;
  /** How long the backlog of each installation is, and until when it is paused. Without limits nothing waits but for a pause. */
  backlogs(limitsAt: LimitsAt, now: number): Promise<readonly InstallationBacklog[]>;
}

export interface InstallationBacklog extends Installation, WriteBacklog {
  readonly pausedUntil: number;
}
