import { loginOf } from "../access/actor.ts";
import { requirePermission } from "../access/permission.ts";
import { deleteComment, editComment, writeComment } from "../act/comment.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must } from "../refusal.ts";
import type { Comment } from "../state/issue.ts";
import { viewComment, viewReaction } from "../view/issue.ts";
import { checkBody, findIssue } from "./find-issue.ts";

const read = ["issues:read", "pull_requests:read"] as const;
const write = ["issues:write", "pull_requests:write"] as const;

function findComment({ world, repository }: RepositoryCall<unknown>, id: number): Comment {
  const found = world.state.get("comment", id);
  return must(found?.repository === repository.id ? found : undefined);
}

export const comments: Operations = {
  ...onRepository("issues/list-comments", read, (call) => {
    const { world, repository, parameters } = call;
    const { number } = findIssue(call, parameters.issue_number);
    const since = Date.parse(parameters.since ?? "1970-01-01T00:00:00Z");
    const all = world.state.all(
      "comment",
      (one) => one.repository === repository.id && one.issue === number && Date.parse(one.updatedAt) >= since,
    );
    return page(all, parameters, (comment) => viewComment(world, repository, comment));
  }),

  ...onRepository("issues/create-comment", write, (call) => {
    const { world, repository, parameters, actor } = call;
    const issue = findIssue(call, parameters.issue_number);
    checkBody("IssueComment", parameters.body);
    const comment = writeComment(world, repository, issue, { author: loginOf(actor), body: parameters.body });
    return { status: 201, body: viewComment(world, repository, comment) };
  }),

  ...onRepository("issues/update-comment", write, (call) => {
    const { world, repository, parameters, actor } = call;
    checkBody("IssueComment", parameters.body);
    const edit = { body: parameters.body, by: loginOf(actor) };
    const comment = editComment(world, repository, findComment(call, parameters.comment_id), edit);
    return { status: 200, body: viewComment(world, repository, comment) };
  }),

  ...onRepository("issues/delete-comment", write, (call) => {
    const { world, repository, parameters, actor } = call;
    deleteComment(world, repository, findComment(call, parameters.comment_id), loginOf(actor));
    return { status: 204 };
  }),

  ...onRepository("reactions/create-for-issue-comment", [], (call) => {
    const { world, repository, parameters, actor } = call;
    const comment = findComment(call, parameters.comment_id);
    // On a pull request's comment `issues` is not enough, whatever the address says.
    const { pull } = findIssue(call, comment.issue);
    requirePermission(actor, [pull === undefined ? "issues:write" : "pull_requests:write"]);
    const given = { comment: comment.id, login: loginOf(actor), content: parameters.content };
    const standing = world.state.find(
      "reaction",
      ({ comment: of, login, content }) => of === given.comment && login === given.login && content === given.content,
    );
    const fields = { repository: repository.id, ...given, createdAt: world.timestamp() };
    const reaction = standing ?? world.state.put("reaction", { id: world.state.nextId(), ...fields });
    return { status: standing === undefined ? 201 : 200, body: viewReaction(world, reaction) };
  }),
};
