import { loginOf } from "../access/actor.ts";
import { emit } from "../act/emit.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must } from "../refusal.ts";
import type { Comment } from "../state/issue.ts";
import { viewComment, viewIssue } from "../view/issue.ts";
import { checkBody, findIssue } from "./find-issue.ts";

const read = ["issues:read", "pull_requests:read"] as const;
const write = ["issues:write", "pull_requests:write"] as const;

function findComment({ world, repository }: RepositoryCall<unknown>, id: number): Comment {
  const found = world.state.get("comment", id);
  return must(found?.repository === repository.id ? found : undefined);
}

function emitComment(call: RepositoryCall<unknown>, comment: Comment, action: string, more = {}): void {
  const { world, repository, actor } = call;
  const issue = viewIssue(world, repository, findIssue(call, comment.issue));
  const payload = { issue, comment: viewComment(world, repository, comment), ...more };
  emit(world, { event: "issue_comment", action, repository, sender: loginOf(actor), payload });
}

export const comments: Operations = {
  ...onRepository("issues/list-comments", read, (call) => {
    const { world, repository, parameters } = call;
    const { number } = findIssue(call, parameters.issue_number);
    const all = world.state.all("comment", (one) => one.repository === repository.id && one.issue === number);
    return page(all, parameters, (comment) => viewComment(world, repository, comment));
  }),

  ...onRepository("issues/create-comment", write, (call) => {
    const { world, repository, parameters, actor } = call;
    const { number: issue } = findIssue(call, parameters.issue_number);
    checkBody("IssueComment", parameters.body);
    const now = world.timestamp();
    const at = { createdAt: now, updatedAt: now };
    const fields = { repository: repository.id, issue, author: loginOf(actor), body: parameters.body };
    const comment = world.state.put("comment", { id: world.state.nextId(), ...fields, ...at });
    emitComment(call, comment, "created");
    return { status: 201, body: viewComment(world, repository, comment) };
  }),

  ...onRepository("issues/update-comment", write, (call) => {
    const { world, repository, parameters } = call;
    const before = findComment(call, parameters.comment_id);
    checkBody("IssueComment", parameters.body);
    const comment = world.state.put("comment", { ...before, body: parameters.body, updatedAt: world.timestamp() });
    emitComment(call, comment, "edited", { changes: { body: { from: before.body } } });
    return { status: 200, body: viewComment(world, repository, comment) };
  }),

  ...onRepository("issues/delete-comment", write, (call) => {
    const comment = findComment(call, call.parameters.comment_id);
    emitComment(call, comment, "deleted");
    call.world.state.remove("comment", comment.id);
    return { status: 204 };
  }),
};
