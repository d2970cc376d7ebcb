import { z } from "zod";
import type { World } from "../world.ts";

/** The manifest's keys as GitHub documents them ("Registering a GitHub App from a manifest"); others it refuses. */
const schema = z.strictObject({
  name: z.string().max(34).optional(),
  url: z.url(),
  hook_attributes: z.strictObject({ url: z.url(), active: z.boolean().optional() }),
  redirect_url: z.url(),
  callback_urls: z.array(z.url()).max(10).optional(),
  setup_url: z.url().optional(),
  description: z.string().optional(),
  public: z.boolean().optional(),
  default_events: z.array(z.string()).optional(),
  default_permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
  request_oauth_on_install: z.boolean().optional(),
  setup_on_update: z.boolean().optional(),
});

export type Manifest = z.output<typeof schema>;

/** The permission without which GitHub does not deliver an event; none for those that every App may have. */
const EVENTS: Readonly<Record<string, string>> = {
  check_run: "checks",
  check_suite: "checks",
  deployment: "deployments",
  deployment_status: "deployments",
  issue_comment: "issues",
  issues: "issues",
  merge_group: "merge_queues",
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  push: "contents",
  repository: "metadata",
  status: "statuses",
  workflow_run: "actions",
};

/** `undefined` for what is no JSON object. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Why GitHub would not register this App. */
export function manifestProblems(world: World, manifest: Manifest): readonly string[] {
  const parsed = schema.safeParse(manifest);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const {
    hook_attributes: hook,
    default_permissions: permissions = {},
    default_events: events = [],
    name,
  } = parsed.data;
  const known = world.contract.permissions;
  const isTaken = world.state.find("app", ({ slug }) => slug === name?.toLowerCase()) !== undefined;
  return [
    ...(isTaken ? ["Name is already taken"] : []),
    ...(isPublicHook(hook.url)
      ? []
      : ["Hook url is not supported because it isn't reachable over the public Internet (localhost)"]),
    ...Object.entries(permissions)
      .filter(([permission, level]) => !known.get(permission)?.includes(level))
      .map(([permission]) => `Default permission records resource is not included in the list: ${permission}`),
    ...events
      .filter((event) => EVENTS[event] === undefined || permissions[EVENTS[event]] === undefined)
      .map((event) => `Default events unsupported: ${event}`),
  ];
}

function isPublicHook(url: string): boolean {
  return !/^(localhost|127\.|\[::1\])/.test(new URL(url).host);
}
