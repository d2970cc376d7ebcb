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
  readPullChecks: { metadata: "read", pull_requests: "read", checks: "read" },
  readReports: {
    ...{ metadata: "read", contents: "read", pull_requests: "read" },
    ...{ checks: "read", statuses: "read" },
  },
  readChecks: { metadata: "read", checks: "read" },
  readStatuses: { metadata: "read", statuses: "read" },
  checks: { metadata: "read", checks: "write" },
  readActions: { metadata: "read", actions: "read" },
  actions: { metadata: "read", actions: "write" },
  readDeployments: { metadata: "read", deployments: "read" },
  deployments: { metadata: "read", deployments: "write" },
} as const satisfies Record<string, Permissions>;

/** What Oakum does where an operator grants its App more than it asks for; without that it says so and goes on. */
const OPTIONAL_WORK = {
  teams: { metadata: "read", pull_requests: "write", members: "read" },
} as const satisfies Record<string, Permissions>;

/** The permissions of each kind of work, asked for or optional. */
export const PERMISSIONS: Readonly<Record<Work, Permissions>> = { ...WORK, ...OPTIONAL_WORK };

export type Work = keyof typeof WORK | keyof typeof OPTIONAL_WORK;
