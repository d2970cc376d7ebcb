import { clientId } from "../access/actor.ts";
import type { App, Installation } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import type { World } from "../world.ts";
import { accountOf, viewUser } from "./account.ts";
import { nodeId } from "./address.ts";

/** GitHub's `integration`. */
export function viewApp(world: World, app: App): Json {
  return {
    id: app.id,
    slug: app.slug,
    client_id: clientId(app),
    node_id: nodeId("Integration", app.id),
    owner: viewUser(world, app.owner),
    name: app.slug,
    description: "",
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { metadata: "read", ...app.permissions },
    events: app.events,
    installations_count: world.state.all("installation", (one) => one.app === app.id).length,
  };
}

/** GitHub's `installation`. */
export function viewInstallation(world: World, installation: Installation): Json {
  const account = accountOf(world, installation.account);
  const app = world.state.get("app", installation.app);
  return {
    id: installation.id,
    account: viewUser(world, installation.account),
    repository_selection: installation.repositories === "all" ? "all" : "selected",
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: installation.app,
    app_slug: app?.slug ?? "",
    client_id: clientId({ id: installation.app }),
    target_id: account.id,
    target_type: account.type,
    permissions: { metadata: "read", ...installation.permissions },
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt ? viewUser(world, installation.account) : null,
    suspended_at: installation.suspendedAt ?? null,
  };
}
