import { noObject } from "../git/commit.ts";
import { changedPaths } from "../git/diff.ts";
import { listCommits } from "../git/history.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { nodeId, pageOf } from "../view/address.ts";
import { mustReadCommit, noReplyAddress } from "../view/commit.ts";
import { viewRepository } from "../view/repository.ts";
import type { World } from "../world.ts";
import { requestSuites } from "./check.ts";
import { emit } from "./emit.ts";
import { followBranch, type Push } from "./follow-branch.ts";
import { startPushRuns } from "./run.ts";

const mostCommits = 2048;

/** All that follows from a reference having moved: events, pull requests, check suites and workflow runs. */
export async function recordPush(world: World, repository: Repository, push: Push): Promise<void> {
  const pushed = { ...repository, ...world.state.get("repository", repository.id), pushedAt: world.timestamp() };
  world.state.put("repository", pushed);
  const kind = push.before === undefined ? "create" : push.after === undefined ? "delete" : undefined;
  if (kind !== undefined) emitCreateOrDelete(world, pushed, push, kind);
  const payload = await pushPayload(world, pushed, push);
  emit(world, { event: "push", repository: pushed, sender: push.pusher, payload });
  const branch = /^refs\/heads\/(.+)$/.exec(push.name)?.[1];
  if (branch === undefined) return;
  if (push.after !== undefined) {
    await requestSuites(world, pushed, branch, push.after, push.pusher);
    await startPushRuns(world, pushed, branch, push.after, push.pusher);
  }
  await followBranch(world, pushed, branch, push);
}

function emitCreateOrDelete(world: World, repository: Repository, push: Push, event: "create" | "delete"): void {
  const [, room, ref = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(push.name) ?? [];
  const payload = { ref, ref_type: room === "tags" ? "tag" : "branch", pusher_type: "user" };
  const created = { ...payload, master_branch: repository.defaultBranch, description: null };
  emit(world, { event, repository, sender: push.pusher, payload: event === "create" ? created : payload });
}

async function pushPayload(world: World, repository: Repository, push: Push): Promise<Json> {
  const { before, after, name } = push;
  const html = pageOf(world, repository);
  const known = before ?? world.state.get("ref", `${repository.id}:refs/heads/${repository.defaultBranch}`)?.sha;
  const without = known === after || known === undefined ? {} : { without: known };
  const news =
    after === undefined || (before === undefined && known === after)
      ? []
      : await listCommits(world.git, repository.id, after, { ...without, limit: mostCommits });
  const commits = await Promise.all(news.toReversed().map((sha) => pushedCommit(world, repository, sha)));
  const seconds = (time: string) => Date.parse(time) / 1000;
  return {
    ref: name,
    before: before ?? noObject,
    after: after ?? noObject,
    repository: {
      ...viewRepository(world, repository),
      created_at: seconds(repository.createdAt),
      pushed_at: seconds(repository.pushedAt),
      master_branch: repository.defaultBranch,
    },
    pusher: { name: push.pusher, email: noReplyAddress(world, push.pusher) },
    created: before === undefined,
    deleted: after === undefined,
    forced: push.forced,
    base_ref: null,
    compare: `${html}/compare/${(before ?? noObject).slice(0, 12)}...${(after ?? noObject).slice(0, 12)}`,
    commits,
    head_commit: after === undefined ? null : await pushedCommit(world, repository, after),
  };
}

async function pushedCommit(world: World, repository: Repository, sha: string): Promise<Json> {
  const commit = await mustReadCommit(world, repository, sha);
  const changed = await changedPaths(world.git, repository.id, commit.parents[0], sha);
  return {
    id: sha,
    node_id: nodeId("Commit", sha),
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${pageOf(world, repository)}/commit/${sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    ...changed,
  };
}
