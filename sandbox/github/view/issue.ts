import type { Comment, Issue, Label, Reaction, Review } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";

/** The label of a name; one that only hangs on issues looks like a new one. */
export function findLabel(world: World, repository: Repository, name: string): Label | undefined {
  return world.state.find(
    "label",
    (one) => one.repository === repository.id && one.name.toLowerCase() === name.toLowerCase(),
  );
}

/** GitHub's `label`. */
export function viewLabel(world: World, repository: Repository, name: string): Json {
  const label = findLabel(world, repository, name);
  return {
    id: label?.id ?? 0,
    node_id: nodeId("Label", label?.id ?? 0),
    url: `${apiOf(world, repository)}/labels/${encodeURIComponent(name)}`,
    name: label?.name ?? name,
    description: label?.description ?? "",
    color: label?.color ?? "ededed",
    default: false,
  };
}

function viewReactions(url: string, given: readonly Reaction[] = []): Json {
  const kinds = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];
  const counts = kinds.map((kind) => [kind, given.filter(({ content }) => content === kind).length]);
  return { url: `${url}/reactions`, total_count: given.length, ...Object.fromEntries(counts) };
}

/** GitHub's `reaction`. */
export function viewReaction(world: World, { id, login, content, createdAt }: Reaction): Json {
  return { id, node_id: nodeId("Reaction", id), user: viewUser(world, login), content, created_at: createdAt };
}

/** GitHub's `issue`, of an issue or a pull request. */
export function viewIssue(world: World, repository: Repository, issue: Issue): Json {
  const url = `${apiOf(world, repository)}/issues/${issue.number}`;
  const kind = issue.pull === undefined ? "issues" : "pull";
  const html = `${pageOf(world, repository)}/${kind}/${issue.number}`;
  const comments = world.state.all("comment", (one) => one.repository === repository.id && one.issue === issue.number);
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: apiOf(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: issue.number,
    state: issue.state,
    state_reason: null,
    title: issue.title,
    body: issue.body,
    user: viewUser(world, issue.author),
    labels: issue.labels.map((name) => viewLabel(world, repository, name)),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy === null ? null : viewUser(world, issue.closedBy),
    author_association: "CONTRIBUTOR",
    reactions: viewReactions(url),
    performed_via_github_app: null,
    ...(issue.pull === undefined ? {} : { pull_request: viewPullLinks(world, repository, issue, html) }),
  };
}

function viewPullLinks(world: World, repository: Repository, issue: Issue, html: string): Json {
  return {
    url: `${apiOf(world, repository)}/pulls/${issue.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: issue.pull?.mergedAt ?? null,
  };
}

/** GitHub's `issue-comment`. */
export function viewComment(world: World, repository: Repository, comment: Comment): Json {
  const url = `${apiOf(world, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url,
    html_url: `${pageOf(world, repository)}/issues/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${apiOf(world, repository)}/issues/${comment.issue}`,
    body: comment.body,
    user: viewUser(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: "CONTRIBUTOR",
    reactions: viewReactions(
      url,
      world.state.all("reaction", (one) => one.comment === comment.id),
    ),
    performed_via_github_app: null,
  };
}

/** GitHub's `pull-request-review`. */
export function viewReview(world: World, repository: Repository, review: Review): Json {
  const html = `${pageOf(world, repository)}/pull/${review.issue}#pullrequestreview-${review.id}`;
  const url = `${apiOf(world, repository)}/pulls/${review.issue}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: viewUser(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
    author_association: "COLLABORATOR",
  };
}
