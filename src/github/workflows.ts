import type { Repository, Sha } from "../core/repository.ts";

export interface WorkflowRun {
  readonly id: number;
  readonly url: string;
  readonly head: Sha;
  readonly event: string;
  /** The run's display title (`run-name`), where a correlation id is found. */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly status: "queued" | "in_progress" | "completed" | "other";
  readonly conclusion?: string;
}

export interface Workflows {
  dispatch(
    repository: Repository,
    workflow: string,
    branch: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Runs of a workflow file for a head, newest first. */
  runs(repository: Repository, workflow: string, head: Sha): Promise<readonly WorkflowRun[]>;
  cancel(repository: Repository, run: number): Promise<void>;
  /** The files of a run's artifact, unpacked within limits; `undefined` when the run has none of that name. */
  artifact(repository: Repository, run: number, name: string): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
}
