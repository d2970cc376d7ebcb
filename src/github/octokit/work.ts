import type { Permissions } from "./tokens.ts";

/** The kinds of work, and all that the token for each may do. Never `workflows`, never `administration`. */
export const WORK = {
  look: { metadata: "read" },
  /** Where branches point, which GitHub counts as contents. */
  heads: { metadata: "read", contents: "read" },
  read: { metadata: "read", contents: "read" },
  push: { metadata: "read", contents: "write" },
  readPulls: { metadata: "read", pull_requests: "read" },
  pulls: { metadata: "read", pull_requests: "write" },
  readIssues: { metadata: "read", issues: "read" },
  issues: { metadata: "read", issues: "write" },
  merge: { metadata: "read", pull_requests: "write", contents: "write" },
  readQueue: { metadata: "read", pull_requests: "read", merge_queues: "read" },
  enqueue: { metadata: "read", pull_requests: "write", contents: "write", merge_queues: "read" },
  readChecks: { metadata: "read", checks: "read" },
  readStatuses: { metadata: "read", statuses: "read" },
  checks: { metadata: "read", checks: "write" },
  readActions: { metadata: "read", actions: "read" },
  actions: { metadata: "read", actions: "write" },
  readDeployments: { metadata: "read", deployments: "read" },
  deployments: { metadata: "read", deployments: "write" },
} as const satisfies Record<string, Permissions>;

export type Work = keyof typeof WORK;
