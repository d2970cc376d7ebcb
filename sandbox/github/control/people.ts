import { ensureTriager, ensureWriter, removeCollaborator, setCollaborator } from "../access/collaborator.ts";
import { rerequestCheck } from "../act/check.ts";
import { editBody, editComment, writeComment } from "../act/comment.ts";
import { mergePull } from "../act/merge.ts";
import { closePull, newIssue, openPull, reopenPull } from "../act/pull.ts";
import { branchSha } from "../act/ref.ts";
import { moveRefs } from "../act/refs.ts";
import { emitReview } from "../act/review.ts";
import { removeRequest } from "../act/review-request.ts";
import { advanceRun } from "../act/run.ts";
import { storeArtifact } from "../artifact/archive.ts";
import { writeCommit } from "../git/commit.ts";
import { writeTree } from "../git/tree.ts";
import { must, Refusal } from "../refusal.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { WorkflowRun } from "../state/run.ts";
import { mustReadCommit, noReplyAddress } from "../view/commit.ts";
import type { World } from "../world.ts";
import type { Input } from "./input.ts";
import { person, repositoryNamed, writeFiles } from "./seed.ts";

export function addCollaborator(world: World, input: Input<"collaborator">): Json {
  setCollaborator(world, repositoryNamed(world, input), input.login, input.permission);
  return {};
}

export function dropCollaborator(world: World, input: Input<"formerCollaborator">): Json {
  removeCollaborator(world, repositoryNamed(world, input), input.login);
  return {};
}

/** A person's push of one commit. */
export async function pushCommit(world: World, input: Input<"commit">): Promise<{ readonly sha: string }> {
  const repository = repositoryNamed(world, input);
  const branch = branchSha(world, repository, input.branch);
  const start = input.from === undefined ? branch : (branchSha(world, repository, input.from) ?? input.from);
  const parent = must(start ?? branchSha(world, repository, repository.defaultBranch));
  const { tree: before } = await mustReadCommit(world, repository, parent);
  const tree = await writeTree(world.git, repository.id, before, writeFiles(world, repository, input.files));
  const author = { name: input.author, email: noReplyAddress(world, input.author), date: world.timestamp() };
  const commit = { tree, parents: [parent], author, committer: author, message: input.message };
  const sha = writeCommit(world.git, repository.id, commit, false);
  const update = { name: `refs/heads/${input.branch}`, after: sha, force: input.force };
  ensureWriter(world, repository, input.author);
  await moveRefs(world, repository, [update], person(input.author));
  return { sha };
}

/** A person's deletion of a branch. */
export async function deleteBranch(world: World, input: Input<"branch">): Promise<Json> {
  const update = { name: `refs/heads/${input.branch}`, after: undefined, force: false };
  const repository = repositoryNamed(world, input);
  ensureWriter(world, repository, input.login);
  await moveRefs(world, repository, [update], person(input.login));
  return {};
}

function findPull(world: World, input: Input<"pull">): { repository: Repository; pull: PullRequest } {
  const repository = repositoryNamed(world, input);
  const found = world.state.find("issue", (one) => one.repository === repository.id && one.number === input.number);
  if (found?.pull === undefined) throw new Refusal(404, "Not Found");
  return { repository, pull: found as PullRequest };
}

export async function openByPerson(world: World, input: Input<"newPull">): Promise<{ readonly number: number }> {
  const { number } = await openPull(world, repositoryNamed(world, input), input, input.login);
  return { number };
}

export async function closeByPerson(world: World, input: Input<"pull">): Promise<Json> {
  const { repository, pull } = findPull(world, input);
  ensureTriager(world, repository, input.login);
  await closePull(world, repository, pull, input.login);
  return {};
}

export async function reopenByPerson(world: World, input: Input<"pull">): Promise<Json> {
  const { repository, pull } = findPull(world, input);
  await reopenPull(world, repository, pull, input.login);
  return {};
}

/** A person presses the merge button; the branch's rules hold for them too. */
export async function mergeByPerson(world: World, input: Input<"pull">): Promise<{ readonly sha: string }> {
  const { repository, pull } = findPull(world, input);
  ensureWriter(world, repository, input.login);
  return {
    sha: await mergePull(world, repository, pull, { method: repository.methods[0] ?? "merge", by: input.login }),
  };
}

export function writeIssue(world: World, input: Input<"newIssue">): { readonly number: number } {
  const issue = newIssue(world, repositoryNamed(world, input), input.title, input.body, input.login);
  world.state.put("issue", issue);
  return { number: issue.number };
}

function findIssue(world: World, input: Input<"pull">): Issue {
  const { id } = repositoryNamed(world, input);
  return must(world.state.find("issue", (one) => one.repository === id && one.number === input.number));
}

export function closeIssue(world: World, input: Input<"pull">): Json {
  const closed = { state: "closed", closedAt: world.timestamp(), closedBy: input.login } as const;
  world.state.put("issue", { ...findIssue(world, input), ...closed });
  return {};
}

export function reopenIssue(world: World, input: Input<"pull">): Json {
  world.state.put("issue", { ...findIssue(world, input), state: "open", closedAt: null, closedBy: null });
  return {};
}

export function deleteIssue(world: World, input: Input<"pull">): Json {
  world.state.remove("issue", findIssue(world, input).id);
  return {};
}

/** A person edits the description of a pull request that is not theirs, for which they must be allowed to write. */
export async function editByPerson(world: World, input: Input<"comment">): Promise<Json> {
  const { number, login, body, ...place } = input;
  const { repository, pull } = findPull(world, { ...place, number, login });
  ensureWriter(world, repository, login);
  await editBody(world, repository, pull, { body, by: login });
  return {};
}

/** Anyone who can see a pull request may say something on it. */
export function commentByPerson(world: World, input: Input<"comment">): { readonly id: number } {
  const { number, login, body, ...place } = input;
  const { repository, pull } = findPull(world, { ...place, number, login });
  return { id: writeComment(world, repository, pull, { author: login, body }).id };
}

export function editCommentByPerson(world: World, { login, body }: Input<"commentChange">, id: number): Json {
  const comment = must(world.state.get("comment", id));
  const repository = must(world.state.get("repository", comment.repository));
  editComment(world, repository, comment, { body, by: login });
  return {};
}

export function addReview(world: World, input: Input<"review">): { readonly id: number } {
  const { number, login, state, body, commit, ...place } = input;
  const { repository, pull } = findPull(world, { ...place, number, login });
  if (state === "APPROVED" && login === pull.author) throw new Refusal(422, "Can not approve your own pull request");
  const review = world.state.put("review", {
    id: world.state.nextId(),
    repository: repository.id,
    issue: number,
    author: login,
    state,
    body,
    commit: commit ?? pull.pull.headSha,
    submittedAt: world.timestamp(),
  });
  emitReview(world, repository, pull, review, "submitted");
  return { id: review.id };
}

/** A person takes back that somebody was asked to review. */
export async function takeRequestBack(world: World, input: Input<"unrequest">): Promise<Json> {
  const { repository, pull } = findPull(world, input);
  ensureWriter(world, repository, input.login);
  await removeRequest(world, repository, pull, input.reviewer, input.login);
  return {};
}

/** A person presses "Re-run" on a check run. */
export function rerequest(world: World, id: number, login: string): Json {
  const check = must(world.state.get("check", id));
  const repository = must(world.state.get("repository", check.repository));
  ensureWriter(world, repository, login);
  rerequestCheck(world, repository, check, login);
  return {};
}

/** What the CI runner says of a run: that it works on it, or its end with artifacts. */
export function reportRun(world: World, id: number, input: Input<"run">): WorkflowRun {
  const run = must(world.state.get("run", id));
  const repository = must(world.state.get("repository", run.repository));
  if (run.status === "completed") throw new Refusal(409, `Run ${id} is completed`);
  for (const [name, files] of Object.entries(input.artifacts)) storeArtifact(world, run, name, files);
  const conclusion = input.status === "completed" ? (input.conclusion ?? "success") : null;
  return advanceRun(world, repository, run, { status: input.status, conclusion });
}
