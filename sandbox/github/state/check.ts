import type { Json } from "./json.ts";

export interface CheckSuite {
  readonly id: number;
  readonly repository: number;
  readonly app: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  /** GitHub's `simple-commit` of the head. */
  readonly headCommit: Json;
  /** Whether a person asked to run one of its check runs again, and none was written since. */
  readonly rerequested?: boolean;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly repository: number;
  readonly app: number;
  readonly suite: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Json[];
}

export interface CommitStatus {
  readonly id: number;
  readonly repository: number;
  readonly sha: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly createdAt: string;
}
