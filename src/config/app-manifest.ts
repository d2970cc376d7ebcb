import { z } from "zod";
import type { Tier } from "./tier.ts";

/** Where GitHub delivers webhooks to, below the address at which Oakum is reached. */
export const WEBHOOK_PATH = "/api/github/webhooks";

/** Where GitHub sends people back to who log in to the page. */
export const CALLBACK_PATH = "/login/callback";

/** GitHub's limit for the name of an App. */
export const LONGEST_NAME = 34;

type Permissions = Readonly<Record<string, "read" | "write">>;

interface Asked {
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

/** `observe` writes nothing but its report issue; so nothing in a repository's git, whatever becomes of its key. */
const OBSERVE: Asked = {
  permissions: { metadata: "read", contents: "read", issues: "write" },
  events: ["push", "repository"],
};

/** What builds the branch and the pull request, judges them and merges. */
const PROPOSE: Asked = {
  permissions: {
    ...OBSERVE.permissions,
    contents: "write",
    pull_requests: "write",
    checks: "write",
    actions: "write",
    statuses: "read",
    merge_queues: "read",
  },
  events: [
    ...OBSERVE.events,
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "status",
    "workflow_run",
  ],
};

const DEPLOY: Asked = {
  permissions: { ...PROPOSE.permissions, deployments: "write" },
  events: [...PROPOSE.events, "deployment_status"],
};

/** What each tier asks GitHub for. `deploy` is that of app.yml. */
export const ASKED: Readonly<Record<Tier, Asked>> = { observe: OBSERVE, propose: PROPOSE, deploy: DEPLOY };

/** GitHub's manifest of an App, as its form takes it (docs.github.com, "Registering a GitHub App from a manifest"). */
export interface AppManifest {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly public: false;
  readonly hook_attributes: { readonly url: string; readonly active: true };
  readonly redirect_url: string;
  readonly callback_urls: readonly [string];
  readonly default_permissions: Permissions;
  readonly default_events: readonly string[];
}

/**
 * The manifest of an App of one tier. `address` is where Oakum is reached, without a slash at its end; `redirect` is where
 * the person's browser goes once the App is there.
 */
export function manifestOf(
  tier: Tier,
  { name, address, redirect }: { readonly name: string; readonly address: string; readonly redirect: string },
): AppManifest {
  const { permissions, events } = ASKED[tier];
  return {
    name,
    description: "Keeps the container images of an organisation patched.",
    url: "https://github.com/oakum-app/oakum",
    public: false,
    hook_attributes: { url: `${address}${WEBHOOK_PATH}`, active: true },
    redirect_url: redirect,
    callback_urls: [`${address}${CALLBACK_PATH}`],
    default_permissions: permissions,
    default_events: events,
  };
}

/** What GitHub gives for a code of the manifest flow: the App, and its secrets for the first and only time. */
export const conversionSchema = z.object({
  id: z.int().positive(),
  slug: z.string().regex(/^[a-z0-9-]{1,100}$/),
  html_url: z.url({ protocol: /^https?$/ }),
  owner: z.object({ login: z.string().min(1).max(100) }),
  client_id: z.string().regex(/^[\w.-]{1,100}$/),
  client_secret: z.string().min(1).max(1000),
  webhook_secret: z.string().min(1).max(1000),
  pem: z.string().startsWith("-----BEGIN ").max(20_000),
});

export type Conversion = z.output<typeof conversionSchema>;
