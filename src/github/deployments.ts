import type { Repository, Sha } from "../core/repository.ts";

export interface Deployment {
  readonly id: number;
  readonly sha: Sha;
  readonly environment: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether our own App created it: anyone who may deploy can write the same payload. */
  readonly ours: boolean;
}

export interface DeploymentStatus {
  readonly state: string;
  readonly creator: string;
  readonly description: string;
}

/** A description is at most 140 characters long. */
export interface Deployments {
  /** Newest first. */
  list(repository: Repository, environment: string): Promise<readonly Deployment[]>;
  create(
    repository: Repository,
    deployment: { sha: Sha; environment: string; payload: Readonly<Record<string, unknown>>; description: string },
  ): Promise<Deployment>;
  /** Newest first. */
  statuses(repository: Repository, deployment: number): Promise<readonly DeploymentStatus[]>;
  setStatus(
    repository: Repository,
    deployment: number,
    status: { state: "success" | "failure" | "error" | "inactive"; description: string },
  ): Promise<void>;
}
