import { type Actor, loginOf } from "../access/actor.ts";
import { grants } from "../access/permission.ts";
import { invalid, Refusal } from "../refusal.ts";
import type { Team } from "../state/access.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { viewUser } from "../view/account.ts";
import { nodeId } from "../view/address.ts";
import { viewTeam } from "../view/team.ts";
import type { World } from "../world.ts";
import { emitPull } from "./pull.ts";

/** Logins of people, and slugs of teams of the repository's owner. */
interface Asked {
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/** Asks for reviews: all or none. Throws 422 for the author, who is no collaborator, and a team that the actor may not see. */
export async function requestReviews(
  world: World,
  repository: Repository,
  pull: PullRequest,
  asked: Asked,
  actor: Actor,
): Promise<PullRequest> {
  const by = loginOf(actor);
  if (asked.users.includes(pull.author))
    throw invalid("PullRequest", { message: "Review cannot be requested from pull request author." });
  const teams = asked.teams.map((slug) => findTeam(world, repository, actor, slug));
  if (!asked.users.every((login) => isCollaborator(world, repository, login)))
    throw invalid("PullRequest", {
      message:
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a " +
        `collaborator of the ${repository.owner}/${repository.name} repository.`,
    });
  const now = world.timestamp();
  const changed: PullRequest = {
    ...pull,
    updatedAt: now,
    happenings: [...pull.happenings, { event: "review_requested", actor: by, at: now }],
    pull: {
      ...pull.pull,
      reviewers: [...new Set([...pull.pull.reviewers, ...asked.users])],
      teams: [...new Set([...(pull.pull.teams ?? []), ...asked.teams])],
    },
  };
  world.state.put("issue", changed);
  const news: readonly Json[] = [
    ...asked.users.map((login) => ({ requested_reviewer: viewUser(world, login) })),
    ...teams.map((team) => ({ requested_team: viewTeam(world, team) })),
  ];
  for (const more of news) await emitPull(world, repository, changed, "review_requested", by, more);
  return changed;
}

/** A person takes a request back. */
export async function removeRequest(
  world: World,
  repository: Repository,
  pull: PullRequest,
  reviewer: string,
  by: string,
): Promise<void> {
  if (!pull.pull.reviewers.includes(reviewer)) throw new Refusal(422, `${reviewer} is not asked to review`);
  const reviewers = pull.pull.reviewers.filter((login) => login !== reviewer);
  const changed = { ...pull, updatedAt: world.timestamp(), pull: { ...pull.pull, reviewers } };
  world.state.put("issue", changed);
  const more = { requested_reviewer: viewUser(world, reviewer) };
  await emitPull(world, repository, changed, "review_request_removed", by, more);
}

function isCollaborator(world: World, { id, owner }: Repository, login: string): boolean {
  const isSame = (one: string) => one.toLowerCase() === login.toLowerCase();
  return (
    isSame(owner) || world.state.find("collaborator", (one) => one.repository === id && isSame(one.login)) !== undefined
  );
}

/** GitHub finds a team by its slug, and then does not let an App see it that may not read an organisation's members. */
function findTeam(world: World, { owner }: Repository, actor: Actor, slug: string): Team {
  const found = world.state.find("team", (one) => one.owner === owner && one.slug === slug);
  if (found === undefined) throw notFoundAs(`T_${slug}`);
  if (actor.kind === "installation" && !grants(actor.permissions, "members", "read"))
    throw notFoundAs(nodeId("Team", found.id));
  return found;
}

function notFoundAs(id: string): Refusal {
  return invalid("PullRequest", { message: `Could not resolve to a node with the global id of '${id}'.` });
}
