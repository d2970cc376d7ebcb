import { randomBytes } from "node:crypto";
import { covers, refuseSuspended } from "../access/actor.ts";
import { grants } from "../access/permission.ts";
import { asApp, forAnyone, type Operations, onAccount } from "../operation.ts";
import { page } from "../page.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { App, Installation, Permissions } from "../state/access.ts";
import type { Repository } from "../state/repository.ts";
import { viewApp, viewInstallation } from "../view/app.ts";
import { viewProperties, viewRepository } from "../view/repository.ts";
import { toTimestamp, type World } from "../world.ts";

const tokenLife = 3_600_000;

function installationsOf(world: World, app: App): readonly Installation[] {
  return world.state.all("installation", (one) => one.app === app.id);
}

function repositoriesOf(world: World, installation: Installation): readonly Repository[] {
  return world.state.all("repository", (one) => covers(installation, one));
}

function findByAccount(world: World, app: App, account: string): Installation {
  return must(installationsOf(world, app).find((one) => one.account.toLowerCase() === account.toLowerCase()));
}

/** What of an installation a token shall reach. */
interface Narrowing {
  readonly repositories?: string[];
  readonly repository_ids?: number[];
  readonly permissions?: Permissions;
}

function narrowRepositories(
  world: World,
  installation: Installation,
  asked: Narrowing,
): readonly Repository[] | undefined {
  const { repository_ids: ids, repositories: names } = asked;
  if (ids === undefined && names === undefined) return undefined;
  const all = repositoriesOf(world, installation);
  const wanted = [
    ...(ids ?? []).map((id) => all.find((one) => one.id === id)),
    ...(names ?? []).map((name) => all.find((one) => one.name.toLowerCase() === name.toLowerCase())),
  ];
  const found = wanted.filter((one) => one !== undefined);
  if (found.length < wanted.length) {
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return found;
}

function narrowPermissions(installation: Installation, asked: Narrowing): Permissions {
  const granted = { metadata: "read", ...installation.permissions };
  if (asked.permissions === undefined) return granted;
  for (const [name, level] of Object.entries(asked.permissions)) {
    if (grants(granted, name, level)) continue;
    throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  return { metadata: "read", ...asked.permissions };
}

export const apps: Operations = {
  ...forAnyone("apps/create-from-manifest", ({ world, parameters: { code } }) => {
    const registration = must(world.state.get("registration", code));
    if (Date.parse(registration.expiresAt) <= world.now()) throw notFound();
    // A code counts once.
    world.state.remove("registration", code);
    const app = must(world.state.get("app", registration.app));
    const { clientSecret: client_secret, pem } = registration;
    return { status: 201, body: { ...viewApp(world, app), client_secret, webhook_secret: app.webhookSecret, pem } };
  }),

  ...asApp("apps/get-authenticated", ({ world, app }) => ({ status: 200, body: viewApp(world, app) })),

  ...asApp("apps/list-installations", ({ world, app, parameters }) =>
    page(installationsOf(world, app), parameters, (one) => viewInstallation(world, one)),
  ),

  ...asApp("apps/get-installation", ({ world, app, parameters }) => {
    const found = installationsOf(world, app).find((one) => one.id === parameters.installation_id);
    return { status: 200, body: viewInstallation(world, must(found)) };
  }),

  ...asApp("apps/get-org-installation", ({ world, app, parameters }) => {
    return { status: 200, body: viewInstallation(world, findByAccount(world, app, parameters.org)) };
  }),

  ...asApp("apps/get-user-installation", ({ world, app, parameters }) => {
    return { status: 200, body: viewInstallation(world, findByAccount(world, app, parameters.username)) };
  }),

  ...asApp("apps/get-repo-installation", ({ world, app, parameters }) => {
    const installation = findByAccount(world, app, parameters.owner);
    must(repositoriesOf(world, installation).find((one) => one.name.toLowerCase() === parameters.repo.toLowerCase()));
    return { status: 200, body: viewInstallation(world, installation) };
  }),

  ...asApp("apps/create-installation-access-token", ({ world, app, parameters }) => {
    const installation = must(installationsOf(world, app).find((one) => one.id === parameters.installation_id));
    refuseSuspended(installation);
    const asked = parameters as Narrowing;
    const repositories = narrowRepositories(world, installation, asked);
    const permissions = narrowPermissions(installation, asked);
    const token = world.state.put("token", {
      id: `ghs_${randomBytes(18).toString("hex")}`,
      kind: "installation",
      installation: installation.id,
      repositories: repositories?.map((one) => one.id) ?? "all",
      permissions,
      expiresAt: toTimestamp(world.now() + tokenLife),
    });
    const body = {
      token: token.id,
      expires_at: toTimestamp(world.now() + tokenLife),
      permissions,
      repository_selection: repositories === undefined && installation.repositories === "all" ? "all" : "selected",
      ...(repositories === undefined ? {} : { repositories: repositories.map((one) => viewRepository(world, one)) }),
    };
    return { status: 201, body };
  }),

  ...onAccount("apps/list-repos-accessible-to-installation", [], ({ world, actor, parameters }) => {
    if (actor.kind !== "installation")
      throw new Refusal(
        403,
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    const { repositories, installation } = actor;
    const seen = repositoriesOf(world, installation).filter(
      (one) => repositories === "all" || repositories.includes(one.id),
    );
    const wrap = (shown: readonly unknown[], total: number) => ({
      total_count: total,
      repository_selection: installation.repositories === "all" ? "all" : "selected",
      repositories: shown,
    });
    const view = (one: Repository) => ({ ...viewRepository(world, one), ...viewProperties(one) });
    return page(seen, parameters, view, wrap);
  }),

  ...onAccount("apps/revoke-installation-access-token", [], ({ world, actor }) => {
    if (actor.kind !== "installation") throw new Refusal(403, "Resource not accessible by integration");
    world.state.remove("token", actor.token);
    return { status: 204 };
  }),
};
