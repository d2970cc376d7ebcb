import { loginOf } from "../access/actor.ts";
import { mergePull, updateBranch } from "../act/merge.ts";
import { askMergeable } from "../act/mergeability.ts";
import { closePull, emitPull, openPull, reopenPull } from "../act/pull.ts";
import { requestReviews } from "../act/review-request.ts";
import { diffText } from "../git/diff.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { invalid, must } from "../refusal.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import { apiOf } from "../view/address.ts";
import { mustReadCommit, viewCommit, viewFile } from "../view/commit.ts";
import { viewReview } from "../view/issue.ts";
import { viewPull, viewPullSimple } from "../view/pull.ts";
import { pullCommits, pullFiles } from "../view/pull-files.ts";
import { checkBody, findIssue } from "./find-issue.ts";

function findPull(call: RepositoryCall<{ readonly pull_number: number }>): PullRequest {
  const issue = findIssue(call, call.parameters.pull_number);
  must(issue.pull);
  return issue as PullRequest;
}

const isPull = (issue: Issue): issue is PullRequest => issue.pull !== undefined;

/** `owner:branch` or `branch` as a branch of this repository; `undefined` for another owner's, of which there are none. */
function branchOf(call: RepositoryCall<unknown>, head: string): string | undefined {
  const [owner, ...branch] = head.split(":");
  if (branch.length === 0) return head;
  return owner?.toLowerCase() === call.repository.owner.toLowerCase() ? branch.join(":") : undefined;
}

/** A pull request with changed title, body or base, and what the `edited` event says of it. */
function edit(
  pull: PullRequest,
  asked: { title?: string; body?: string | null; base?: string },
  by: string,
  now: string,
) {
  const changes: Record<string, Json> = {};
  const { title = pull.title, body = pull.body } = asked;
  const base = asked.base ?? pull.pull.base;
  if (title !== pull.title) changes.title = { from: pull.title };
  if (body !== pull.body) changes.body = { from: pull.body ?? "" };
  if (base !== pull.pull.base) changes.base = { ref: { from: pull.pull.base }, sha: { from: pull.pull.baseSha } };
  const editor = body === pull.body ? {} : { edited: { by, at: now } };
  const edited: PullRequest = { ...pull, title, body, updatedAt: now, ...editor, pull: { ...pull.pull, base } };
  return { edited, changes };
}

const listed = {
  ascending: (a: Issue, b: Issue) => a.number - b.number,
  descending: (a: Issue, b: Issue) => b.number - a.number,
};

export const pulls: Operations = {
  ...onRepository("pulls/list", ["pull_requests:read"], (call) => {
    const { world, repository, parameters } = call;
    const { state = "open", head, base, direction = "desc" } = parameters;
    const found = world.state
      .all("issue", (issue) => issue.repository === repository.id && (state === "all" || issue.state === state))
      .filter(isPull)
      .filter(
        ({ pull }) =>
          (head === undefined || pull.head === branchOf(call, head)) && (base === undefined || pull.base === base),
      );
    const sorted = found.toSorted(direction === "asc" ? listed.ascending : listed.descending);
    return page(sorted, parameters, (pull) => viewPullSimple(world, repository, pull));
  }),

  ...onRepository("pulls/create", ["pull_requests:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const { title, body = null, base, draft = false } = parameters;
    const head = branchOf(call, parameters.head);
    if (title === undefined) throw invalid("PullRequest", { field: "title", code: "missing_field" });
    if (head === undefined) throw invalid("PullRequest", { field: "head", code: "invalid" });
    checkBody("PullRequest", body);
    const pull = await openPull(world, repository, { title, body, head, base, draft }, loginOf(actor));
    return { status: 201, body: await viewPull(world, repository, pull) };
  }),

  ...onRepository("pulls/get", ["pull_requests:read"], async (call) => {
    const { world, repository, accept } = call;
    const pull = findPull(call);
    if (accept.includes(".diff")) {
      const { baseSha, headSha } = pull.pull;
      const body = await diffText(world.git, repository.id, baseSha, headSha);
      return { status: 200, body, type: "application/vnd.github.diff" };
    }
    const mergeable = pull.state === "open" ? await askMergeable(world, repository, pull) : null;
    return { status: 200, body: await viewPull(world, repository, pull, mergeable) };
  }),

  ...onRepository("pulls/update", ["pull_requests:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const pull = findPull(call);
    const by = loginOf(actor);
    checkBody("PullRequest", parameters.body ?? null);
    const base = parameters.base;
    if (base !== undefined && !world.state.get("ref", `${repository.id}:refs/heads/${base}`)) {
      throw invalid("PullRequest", { field: "base", code: "invalid" });
    }
    const { edited, changes } = edit(
      pull,
      parameters as { title?: string; body?: string; base?: string },
      by,
      world.timestamp(),
    );
    if (Object.keys(changes).length > 0) {
      world.state.put("issue", edited);
      await emitPull(world, repository, edited, "edited", by, { changes });
    }
    if (parameters.state === "closed" && pull.state === "open") await closePull(world, repository, edited, by);
    if (parameters.state === "open" && pull.state === "closed") await reopenPull(world, repository, edited, by);
    return { status: 200, body: await viewPull(world, repository, findPull(call)) };
  }),

  ...onRepository("pulls/list-commits", ["pull_requests:read"], async (call) => {
    const { world, repository, parameters } = call;
    const shas = await pullCommits(world, repository, findPull(call));
    return page(shas, parameters, async (sha) =>
      viewCommit(world, repository, await mustReadCommit(world, repository, sha)),
    );
  }),

  ...onRepository("pulls/list-files", ["pull_requests:read"], async (call) => {
    const { world, repository, parameters } = call;
    const pull = findPull(call);
    const files = await pullFiles(world, repository, pull);
    return page(files, parameters, (file) => viewFile(world, repository, pull.pull.headSha, file));
  }),

  ...onRepository("pulls/list-reviews", ["pull_requests:read"], (call) => {
    const { world, repository, parameters } = call;
    const { number } = findPull(call);
    const reviews = world.state.all("review", (one) => one.repository === repository.id && one.issue === number);
    return page(reviews, parameters, (review) => viewReview(world, repository, review));
  }),

  ...onRepository("pulls/request-reviewers", ["pull_requests:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const asked = { users: parameters.reviewers ?? [], teams: parameters.team_reviewers ?? [] };
    const changed = await requestReviews(world, repository, findPull(call), asked, actor);
    return { status: 201, body: viewPullSimple(world, repository, changed) };
  }),

  ...onRepository("pulls/merge", ["contents:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const { merge_method: method = "merge", sha: head, commit_title: title, commit_message: message } = parameters;
    const request = { method, head, title, message, by: loginOf(actor) };
    const sha = await mergePull(world, repository, findPull(call), request);
    return { status: 200, body: { sha, merged: true, message: "Pull Request successfully merged" } };
  }),

  ...onRepository("pulls/update-branch", ["pull_requests:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const pull = findPull(call);
    await updateBranch(world, repository, pull, loginOf(actor), parameters.expected_head_sha);
    const url = `${apiOf(world, repository)}/pulls/${pull.number}`;
    return { status: 202, body: { message: "Updating pull request branch.", url } };
  }),
};
