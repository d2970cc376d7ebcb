import { type Actor, covers } from "../access/actor.ts";
import { explicitPermission } from "../access/collaborator.ts";
import { type Operations, onAccount } from "../operation.ts";
import { page } from "../page.ts";
import { must, Refusal } from "../refusal.ts";
import type { Installation } from "../state/access.ts";
import type { Repository } from "../state/repository.ts";
import { viewAuthenticatedUser } from "../view/account.ts";
import { viewInstallation } from "../view/app.ts";
import { viewRepository } from "../view/repository.ts";
import type { World } from "../world.ts";

/** The App to which a person gave their token. Other tokens of theirs are none of an App's business. */
function appOfPerson(actor: Actor): { readonly login: string; readonly app: number } {
  if (actor.kind === "user" && actor.app !== undefined) return { login: actor.login, app: actor.app };
  throw new Refusal(
    403,
    "You must authenticate with an access token authorized to a GitHub App in order to list installations",
  );
}

/** What a person may read of an installation because somebody said so: that anyone may read a public one does not count. */
function readable(world: World, installation: Installation, login: string): readonly Repository[] {
  return world.state.all("repository", (one) => {
    return covers(installation, one) && explicitPermission(world, one, login) !== "none";
  });
}

function installationsOf(world: World, { login, app }: ReturnType<typeof appOfPerson>): readonly Installation[] {
  const own = world.state.all("installation", (one) => one.app === app && !one.suspendedAt);
  return own.filter((one) => readable(world, one, login).length > 0);
}

/** What an App may ask in the name of a person who logged in. */
export const people: Operations = {
  ...onAccount("users/get-authenticated", [], ({ world, actor }) => {
    if (actor.kind !== "user") throw new Refusal(403, "Resource not accessible by integration");
    return { status: 200, body: viewAuthenticatedUser(world, actor.login) };
  }),

  ...onAccount("apps/list-installations-for-authenticated-user", [], ({ world, actor, parameters }) => {
    const found = installationsOf(world, appOfPerson(actor));
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, installations: shown });
    return page(found, parameters, (one) => viewInstallation(world, one), wrap);
  }),

  ...onAccount("apps/list-installation-repos-for-authenticated-user", [], ({ world, actor, parameters }) => {
    const person = appOfPerson(actor);
    const found = must(installationsOf(world, person).find(({ id }) => id === parameters.installation_id));
    const wrap = (shown: readonly unknown[], total: number) => ({
      total_count: total,
      repository_selection: found.repositories === "all" ? "all" : "selected",
      repositories: shown,
    });
    return page(readable(world, found, person.login), parameters, (one) => viewRepository(world, one), wrap);
  }),
};
