import type { Comment, Issue, PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { viewComment, viewIssue } from "../view/issue.ts";
import type { World } from "../world.ts";
import { emit } from "./emit.ts";
import { emitPull } from "./pull.ts";

/** Writes a comment on an issue or pull request, which that brings to the fore. */
export function writeComment(
  world: World,
  repository: Repository,
  issue: Issue,
  { author, body }: { readonly author: string; readonly body: string },
): Comment {
  const now = world.timestamp();
  const at = { createdAt: now, updatedAt: now };
  const fields = { repository: repository.id, issue: issue.number, author, body };
  world.state.put("issue", { ...issue, updatedAt: now });
  const comment = world.state.put("comment", { id: world.state.nextId(), ...fields, ...at });
  emitComment(world, repository, comment, "created", author);
  return comment;
}

export function editComment(
  world: World,
  repository: Repository,
  before: Comment,
  { body, by }: { readonly body: string; readonly by: string },
): Comment {
  const comment = world.state.put("comment", { ...before, body, updatedAt: world.timestamp() });
  emitComment(world, repository, comment, "edited", by, { changes: { body: { from: before.body } } });
  return comment;
}

export function deleteComment(world: World, repository: Repository, comment: Comment, by: string): void {
  emitComment(world, repository, comment, "deleted", by);
  world.state.remove("comment", comment.id);
}

function emitComment(
  world: World,
  repository: Repository,
  comment: Comment,
  action: string,
  sender: string,
  more: Json = {},
): void {
  const issue = world.state.find("issue", (one) => one.repository === repository.id && one.number === comment.issue);
  if (issue === undefined) throw new Error(`comment ${comment.id} is on no issue`);
  const shown = { issue: viewIssue(world, repository, issue), comment: viewComment(world, repository, comment) };
  emit(world, { event: "issue_comment", action, repository, sender, payload: { ...shown, ...more } });
}

/** A person's edit of a pull request's description, boxes ticked included. */
export async function editBody(
  world: World,
  repository: Repository,
  pull: PullRequest,
  { body, by }: { readonly body: string; readonly by: string },
): Promise<void> {
  const now = world.timestamp();
  const edited = { ...pull, body, updatedAt: now, edited: { by, at: now } };
  world.state.put("issue", edited);
  await emitPull(world, repository, edited, "edited", by, { changes: { body: { from: pull.body ?? "" } } });
}
