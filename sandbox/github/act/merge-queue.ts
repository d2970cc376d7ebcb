import { Refusal } from "../refusal.ts";
import type { PullRequest } from "../state/issue.ts";
import type { QueueEntry } from "../state/queue.ts";
import type { Repository } from "../state/repository.ts";
import { viewHeadCommit } from "../view/check.ts";
import { mustReadCommit } from "../view/commit.ts";
import type { World } from "../world.ts";
import { emit } from "./emit.ts";
import { pullViolations } from "./merge-rules.ts";
import { emitPull } from "./pull.ts";
import { branchSha } from "./ref.ts";
import { moveRefs } from "./refs.ts";
import { rulesOf, violation } from "./rules.ts";

/** Who GitHub merges as, out of a queue. */
export const QUEUE = "github-merge-queue[bot]";

export function entryOf(world: World, repository: Repository, number: number): QueueEntry | undefined {
  return world.state.find("queueEntry", (one) => one.repository === repository.id && one.number === number);
}

/** The queue of a branch, the next one first. */
export function queueOf(world: World, repository: Repository, base: string): readonly QueueEntry[] {
  return world.state
    .all("queueEntry", (one) => one.repository === repository.id && one.base === base)
    .toSorted((a, b) => a.id - b.id);
}

/** Puts a pull request into the queue of its base. Throws 422 where there is none, and for one that may not merge. */
export async function enqueue(
  world: World,
  repository: Repository,
  pull: PullRequest,
  { by, head }: { readonly by: string; readonly head: string | undefined },
): Promise<QueueEntry> {
  const { base, headSha, draft } = pull.pull;
  const rules = rulesOf(world, repository, base);
  if (!rules.some(({ type }) => type === "merge_queue")) {
    throw new Refusal(422, `Merge queue is not enabled for ${base}`);
  }
  if (head !== undefined && head !== headSha) throw new Refusal(422, "Head sha didn't match expected oid");
  if (pull.state === "closed" || draft) throw new Refusal(422, "Pull request is not in a mergeable state");
  if (entryOf(world, repository, pull.number)) throw new Refusal(422, "Pull request is already in the queue");
  const broken = await pullViolations(world, repository, rules, pull);
  if (broken.length > 0) throw new Refusal(422, violation(broken));
  const entry = world.state.put("queueEntry", {
    id: world.state.nextId(),
    repository: repository.id,
    base,
    number: pull.number,
    head: headSha,
    enqueuer: by,
    enqueuedAt: world.timestamp(),
  });
  const happening = { event: "added_to_merge_queue", actor: by, at: world.timestamp() };
  world.state.put("issue", { ...pull, happenings: [...pull.happenings, happening] });
  await emitPull(world, repository, pull, "enqueued", by);
  return entry;
}

/** Takes a pull request out of its queue, for one of GitHub's reasons. */
export async function dequeue(
  world: World,
  repository: Repository,
  entry: QueueEntry,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  world.state.remove("queueEntry", entry.id);
  await dropGroup(world, repository, entry, reason === "MERGE" ? "merged" : "dequeued");
  const pull = pullOf(world, repository, entry);
  const happening = { event: "removed_from_merge_queue", actor: by, at: world.timestamp(), reason };
  const left = { ...pull, happenings: [...pull.happenings, happening] };
  world.state.put("issue", left);
  await emitPull(world, repository, left, "dequeued", by, { reason });
}

export function pullOf(world: World, repository: Repository, { number }: QueueEntry): PullRequest {
  const found = world.state.find("issue", (one) => one.repository === repository.id && one.number === number);
  if (found?.pull === undefined) throw new Error(`pull request ${number} of a queue is gone`);
  return found as PullRequest;
}

/** Has a merge of an entry tested: on a branch of its own, of which the Apps are told. */
export async function putGroup(
  world: World,
  repository: Repository,
  entry: QueueEntry,
  { base, sha }: { readonly base: string; readonly sha: string },
): Promise<QueueEntry> {
  const branch = `gh-readonly-queue/${entry.base}/pr-${entry.number}-${base}`;
  const tested = world.state.put("queueEntry", { ...entry, group: { branch, base, sha, since: world.timestamp() } });
  await moveRefs(world, repository, [{ name: `refs/heads/${branch}`, after: sha, force: true }], pusher);
  await emitGroup(world, repository, tested, "checks_requested");
  return tested;
}

/** Ends the test of an entry, if there is one. */
export async function dropGroup(
  world: World,
  repository: Repository,
  entry: QueueEntry,
  reason: "merged" | "invalidated" | "dequeued",
): Promise<void> {
  const { group } = entry;
  if (group === undefined) return;
  await emitGroup(world, repository, entry, "destroyed", { reason });
  if (branchSha(world, repository, group.branch) === undefined) return;
  await moveRefs(world, repository, [{ name: `refs/heads/${group.branch}`, after: undefined, force: false }], pusher);
}

const pusher = { login: QUEUE, bypass: true };

async function emitGroup(
  world: World,
  repository: Repository,
  { base, group }: QueueEntry,
  action: "checks_requested" | "destroyed",
  more: { readonly reason?: string } = {},
): Promise<void> {
  if (group === undefined) return;
  const merge_group = {
    head_sha: group.sha,
    head_ref: `refs/heads/${group.branch}`,
    base_sha: group.base,
    base_ref: `refs/heads/${base}`,
    head_commit: viewHeadCommit(await mustReadCommit(world, repository, group.sha)),
  };
  emit(world, { event: "merge_group", action, repository, sender: QUEUE, payload: { merge_group, ...more } });
}
