import { isAncestor } from "../git/history.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { closePull, emitPull } from "./pull.ts";
import { dismissStale } from "./review.ts";

/** A reference that moved. */
export interface Push {
  /** The full reference name. */
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly forced: boolean;
  /** A login. */
  readonly pusher: string;
}

/** Makes the open pull requests of a branch follow it: new heads, a deleted branch, commits that arrived in the base. */
export async function followBranch(world: World, repository: Repository, branch: string, push: Push): Promise<void> {
  for (const pull of openPulls(world, repository)) {
    if (pull.pull.head === branch) await followHead(world, repository, pull, push);
    else if (pull.pull.base === branch) await followBase(world, repository, pull, push);
  }
}

/** The open pull requests of a repository, oldest first. */
export function openPulls(world: World, repository: Repository): readonly PullRequest[] {
  const open = (issue: Issue) =>
    issue.repository === repository.id && issue.state === "open" && issue.pull !== undefined;
  return world.state.all("issue", open) as PullRequest[];
}

async function followHead(world: World, repository: Repository, pull: PullRequest, push: Push): Promise<void> {
  const { before, after } = push;
  if (after === undefined) return closePull(world, repository, pull, push.pusher);
  const baseSha = world.state.get("ref", `${repository.id}:refs/heads/${pull.pull.base}`)?.sha ?? pull.pull.baseSha;
  const name = `refs/pull/${pull.number}/head`;
  world.state.put("ref", { id: `${repository.id}:${name}`, repository: repository.id, name, sha: after });
  const heads = { headSha: after, pushedBy: push.pusher, baseSha };
  const moved = { ...pull, updatedAt: world.timestamp(), pull: { ...pull.pull, ...heads } };
  world.state.put("issue", moved);
  if (before !== undefined) await dismissStale(world, repository, moved, before);
  await emitPull(world, repository, moved, "synchronize", push.pusher, { before, after });
}

async function followBase(world: World, repository: Repository, pull: PullRequest, push: Push): Promise<void> {
  if (push.after === undefined) return closePull(world, repository, pull, push.pusher);
  // Someone pushed the head's commits to the base by hand: GitHub calls that merged.
  if (!(await isAncestor(world.git, repository.id, pull.pull.headSha, push.after))) return;
  const merged = { mergedAt: world.timestamp(), mergedBy: push.pusher, mergeCommit: push.after };
  await closePull(world, repository, { ...pull, pull: { ...pull.pull, ...merged } }, push.pusher);
}
