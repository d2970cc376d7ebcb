import { listCommits } from "../git/history.ts";
import { invalid } from "../refusal.ts";
import type { Pull, PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { viewPull } from "../view/pull.ts";
import type { World } from "../world.ts";
import { emit } from "./emit.ts";

export interface NewPull {
  readonly title: string;
  readonly body: string | null;
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  /** Whose fork the head is in; none when it is in the repository itself. */
  readonly fork?: string | undefined;
}

/** Opens a pull request. Throws 422 for a branch that is not there, nothing to merge, or one that is open already. */
export async function openPull(
  world: World,
  repository: Repository,
  asked: NewPull,
  author: string,
): Promise<PullRequest> {
  const branch = (name: string) => world.state.get("ref", `${repository.id}:refs/heads/${name}`)?.sha;
  const headSha = branch(asked.head);
  const baseSha = branch(asked.base);
  if (headSha === undefined) throw invalid("PullRequest", { field: "head", code: "invalid" });
  if (baseSha === undefined) throw invalid("PullRequest", { field: "base", code: "invalid" });
  checkDuplicate(world, repository, asked);
  if ((await listCommits(world.git, repository.id, headSha, { without: baseSha, limit: 1 })).length === 0) {
    throw invalid("PullRequest", { message: `No commits between ${asked.base} and ${asked.head}` });
  }
  const { title, body, head, base, draft, fork: owner } = asked;
  const unmerged = { reviewers: [], mergedAt: null, mergedBy: null, mergeCommit: null };
  const heads = { head, headSha, pushedBy: author, base, baseSha };
  const fork = owner !== undefined && { fork: { id: world.state.nextId(), owner } };
  const pull: Pull = { id: world.state.nextId(), ...heads, draft, ...unmerged, ...fork };
  const issue = { ...newIssue(world, repository, title, body, author), pull };
  const name = `refs/pull/${issue.number}/head`;
  world.state.put("ref", { id: `${repository.id}:${name}`, repository: repository.id, name, sha: headSha });
  world.state.put("issue", issue);
  await emitPull(world, repository, issue, "opened", author);
  return issue;
}

/** A new issue record under the repository's next number; not yet put. */
export function newIssue(world: World, repository: Repository, title: string, body: string | null, author: string) {
  const counted = { ...repository, ...world.state.get("repository", repository.id) };
  const number = counted.lastNumber + 1;
  world.state.put("repository", { ...counted, lastNumber: number });
  const now = world.timestamp();
  return {
    id: world.state.nextId(),
    repository: repository.id,
    number,
    title,
    body,
    state: "open" as const,
    author,
    labels: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    happenings: [],
  };
}

function checkDuplicate(world: World, repository: Repository, asked: { head: string; base: string }): void {
  const duplicate = world.state.find(
    "issue",
    ({ repository: of, state, pull }) =>
      of === repository.id && state === "open" && pull?.head === asked.head && pull.base === asked.base,
  );
  if (duplicate === undefined) return;
  throw invalid("PullRequest", { message: `A pull request already exists for ${repository.owner}:${asked.head}.` });
}

/** Closes a pull request, as merged when it says so. */
export async function closePull(world: World, repository: Repository, pull: PullRequest, by: string): Promise<void> {
  const now = world.timestamp();
  const event = pull.pull.mergedAt === null ? "closed" : "merged";
  const closed = {
    ...pull,
    state: "closed" as const,
    updatedAt: now,
    closedAt: now,
    closedBy: by,
    happenings: [...pull.happenings, { event, actor: by, at: now }],
  };
  world.state.put("issue", closed);
  await emitPull(world, repository, closed, "closed", by);
}

/** Opens a closed pull request again. Throws 422 when it was merged or another took its place. */
export async function reopenPull(world: World, repository: Repository, pull: PullRequest, by: string): Promise<void> {
  const headSha = world.state.get("ref", `${repository.id}:refs/heads/${pull.pull.head}`)?.sha;
  if (pull.pull.mergedAt !== null) throw invalid("PullRequest", { field: "state", code: "invalid" });
  if (headSha === undefined)
    throw invalid("PullRequest", {
      message: `state cannot be changed. The ${pull.pull.head} branch has been deleted.`,
    });
  checkDuplicate(world, repository, pull.pull);
  const now = world.timestamp();
  const open = {
    ...pull,
    state: "open" as const,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    happenings: [...pull.happenings, { event: "reopened", actor: by, at: now }],
    pull: { ...pull.pull, headSha },
  };
  world.state.put("issue", open);
  await emitPull(world, repository, open, "reopened", by);
}

/** Tells the Apps of something that happened to a pull request. */
export async function emitPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  action: string,
  sender: string,
  more: Json = {},
): Promise<void> {
  const payload = { number: pull.number, pull_request: await viewPull(world, repository, pull), ...more };
  emit(world, { event: "pull_request", action, repository, sender, payload });
}
