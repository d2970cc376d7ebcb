import { mergeableState } from "../act/mergeability.ts";
import type { FileDiff } from "../git/diff.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";
import { viewLabel } from "./issue.ts";
import { pullCommits, pullFiles } from "./pull-files.ts";
import { viewRepository } from "./repository.ts";
import { viewTeam } from "./team.ts";

/** GitHub's `pull-request-simple`, as lists have it. */
export function viewPullSimple(world: World, repository: Repository, issue: PullRequest): Json {
  const { pull, number } = issue;
  const url = `${apiOf(world, repository)}/pulls/${number}`;
  const issueUrl = `${apiOf(world, repository)}/issues/${number}`;
  const html = `${pageOf(world, repository)}/pull/${number}`;
  const statuses = `${apiOf(world, repository)}/statuses/${pull.headSha}`;
  const links = {
    self: url,
    html,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${apiOf(world, repository)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses,
  };
  return {
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: statuses,
    number,
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    user: viewUser(world, issue.author),
    body: issue.body,
    labels: issue.labels.map((name) => viewLabel(world, repository, name)),
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.reviewers.map((login) => viewUser(world, login)),
    requested_teams: (pull.teams ?? []).flatMap((slug) => {
      const team = world.state.find("team", (one) => one.owner === repository.owner && one.slug === slug);
      return team === undefined ? [] : [viewTeam(world, team)];
    }),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    draft: pull.draft,
    head: viewSide(world, { ...repository, ...pull.fork }, pull.head, pull.headSha),
    base: viewSide(world, repository, pull.base, pull.baseSha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: "CONTRIBUTOR",
    auto_merge: null,
  };
}

/** GitHub's `pull-request`; `mergeable` as far as it is known. */
export async function viewPull(
  world: World,
  repository: Repository,
  issue: PullRequest,
  mergeable: boolean | null = null,
): Promise<Json> {
  const { pull } = issue;
  const [files, commits] = await Promise.all([
    pullFiles(world, repository, issue),
    pullCommits(world, repository, issue),
  ]);
  const sum = (count: (file: FileDiff) => number) => files.reduce((total, file) => total + count(file), 0);
  const comments = world.state.all("comment", (one) => one.repository === repository.id && one.issue === issue.number);
  return {
    ...viewPullSimple(world, repository, issue),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: await mergeableState(world, repository, issue, mergeable),
    merged_by: pull.mergedBy === null ? null : viewUser(world, pull.mergedBy),
    comments: comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: sum((file) => file.additions),
    deletions: sum((file) => file.deletions),
    changed_files: files.length,
  };
}

function viewSide(world: World, repository: Repository, ref: string, sha: string): Json {
  return {
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: viewUser(world, repository.owner),
    repo: viewRepository(world, repository),
  };
}

/** GitHub's `pull-request-minimal`, for the open pull requests whose head is a commit. */
export function viewPullsOf(world: World, repository: Repository, sha: string): readonly Json[] {
  const pulls = world.state.all(
    "issue",
    (issue) => issue.repository === repository.id && issue.state === "open" && issue.pull?.headSha === sha,
  );
  const repo = { id: repository.id, url: apiOf(world, repository), name: repository.name };
  return pulls.flatMap(({ pull, number }) =>
    pull === undefined
      ? []
      : [
          {
            id: pull.id,
            number,
            url: `${apiOf(world, repository)}/pulls/${number}`,
            head: { ref: pull.head, sha: pull.headSha, repo },
            base: { ref: pull.base, sha: pull.baseSha, repo },
          },
        ],
  );
}
