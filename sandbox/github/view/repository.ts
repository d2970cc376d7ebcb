import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";

/** The addresses below a repository's own, by field. */
const below = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

/** GitHub's `repository`, which is also a `minimal-repository`. */
export function viewRepository(world: World, repository: Repository): Json {
  const url = apiOf(world, repository);
  const html = pageOf(world, repository);
  return {
    ...Object.fromEntries(Object.entries(below).map(([field, path]) => [field, `${url}${path}`])),
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    owner: viewUser(world, repository.owner),
    private: repository.private,
    visibility: repository.private ? "private" : "public",
    html_url: html,
    description: null,
    fork: false,
    url,
    git_url: html.replace(/^http/, "git"),
    ssh_url: `git@${new URL(html).hostname}:${repository.owner}/${repository.name}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    ...counts(world, repository),
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    allow_forking: !repository.private,
    web_commit_signoff_required: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
  };
}

function counts(world: World, repository: Repository): Json {
  const open = world.state.all("issue", (issue) => issue.repository === repository.id && issue.state === "open").length;
  return {
    size: 1,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: open,
    open_issues_count: open,
  };
}

/** As a `full-repository`, and the list of an installation, have them beside. */
export function viewProperties({ properties = {} }: Repository): Json {
  return { custom_properties: properties };
}

/** GitHub's `full-repository`. */
export function viewFullRepository(world: World, repository: Repository): Json {
  return {
    ...viewRepository(world, repository),
    ...viewProperties(repository),
    subscribers_count: 0,
    network_count: 0,
    allow_merge_commit: repository.methods.includes("merge"),
    allow_squash_merge: repository.methods.includes("squash"),
    allow_rebase_merge: repository.methods.includes("rebase"),
    allow_auto_merge: false,
    delete_branch_on_merge: false,
  };
}
