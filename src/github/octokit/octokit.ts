import { setTimeout } from "node:timers/promises";
import type { GitHub } from "../github.ts";
import { createBranches } from "./branches.ts";
import { createChecks } from "./checks.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { createComments } from "./comments.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDeployments } from "./deployments.ts";
import { createInstallations } from "./installations.ts";
import { createIssues } from "./issues.ts";
import { GITHUBS_PACE } from "./pace.ts";
import { createPulls } from "./pulls.ts";
import { rememberTrees } from "./remembered-trees.ts";
import { createTrees } from "./trees.ts";
import { createWorkflows } from "./workflows.ts";

/** `host` names GitHub in keys and addresses; the rest of what is left out is as on github.com, in real time. */
export type GitHubOptions = Pick<ClientOptions, "appId" | "privateKey" | "log" | "budgets"> &
  Partial<ClientOptions> & {
    /** `github.com`, or a GitHub Enterprise Server's host. */
    readonly host: string;
    /** The accounts to serve, by login or id; the App's owner alone when left out. */
    readonly accounts?: readonly (string | number)[] | undefined;
    /** The paths that are listed of a tree; all when left out. The rest of a large repository need not be remembered. */
    readonly reads?: ((path: string) => boolean) | undefined;
  };

/** GitHub, asked as one App by REST and GraphQL (API version 2022-11-28). */
export function createGitHub({ host, accounts, reads = () => true, ...options }: GitHubOptions): GitHub {
  const fetch = options.fetch ?? globalThis.fetch;
  const baseUrl = host === "github.com" ? "https://api.github.com" : `https://${host}/api/v3`;
  const client = createClient({
    ...{ baseUrl, now: Date.now, sleep: setTimeout, pace: GITHUBS_PACE },
    ...options,
    ...{ fetch, host },
  });
  return {
    installations: createInstallations(client, { host, now: options.now ?? Date.now, accounts }),
    trees: rememberTrees(createTrees(client, fetch, reads)),
    branches: createBranches(client),
    pulls: createPulls(client),
    comments: createComments(client),
    issues: createIssues(client),
    checks: createChecks(client),
    workflows: createWorkflows(client, fetch),
    deployments: createDeployments(client),
    deliveries: createDeliveries(client),
    writes: client.writes,
  };
}
