import type { Account } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import type { World } from "../world.ts";
import { nodeId } from "./address.ts";

/** The account of a login. Logins appear as people do on GitHub: the first time they act. */
export function accountOf(world: World, login: string): Account {
  const known = world.state.find("account", (account) => account.login.toLowerCase() === login.toLowerCase());
  return known ?? { id: unregisteredId(login), login, type: login.endsWith("[bot]") ? "Bot" : "User" };
}

// Stable without being written: a read must not change the state.
function unregisteredId(login: string): number {
  return (
    500_000_000 +
    ([...login.toLowerCase()].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7) % 400_000_000)
  );
}

/** GitHub's `simple-user`. */
export function viewUser(world: World, login: string): Json {
  const account = accountOf(world, login);
  const url = `${world.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${world.url}/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** GitHub's `public-user`, as a person who asks about themselves by an App sees it. */
export function viewAuthenticatedUser(world: World, login: string): Json {
  const none = { name: null, company: null, blog: null, location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const since = "2026-01-01T00:00:00Z";
  return { ...viewUser(world, login), ...none, ...counts, created_at: since, updated_at: since };
}

/** GitHub's `organization-simple`, as webhooks name it. */
export function viewOrganization(world: World, login: string): Json {
  const account = accountOf(world, login);
  const url = `${world.url}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${account.id}`,
    description: null,
  };
}
