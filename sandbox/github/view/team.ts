import type { Team } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import type { World } from "../world.ts";
import { nodeId } from "./address.ts";

/** GitHub's `team`, as pull requests name it. */
export function viewTeam(world: World, { id, owner, slug }: Team): Json {
  const url = `${world.url}/organizations/${owner}/team/${id}`;
  return {
    id,
    node_id: nodeId("Team", id),
    name: slug,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "push",
    type: "organization",
    url,
    html_url: `${world.url}/orgs/${owner}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}
