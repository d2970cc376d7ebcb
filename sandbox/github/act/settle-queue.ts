import type { Json } from "../state/json.ts";
import type { QueueEntry } from "../state/queue.ts";
import type { MergeMethod, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { finishMerge, messageOf } from "./merge.ts";
import { commitByMethod } from "./merge-commit.ts";
import { dequeue, dropGroup, pullOf, putGroup, QUEUE, queueOf } from "./merge-queue.ts";
import { branchSha } from "./ref.ts";
import { checkStates } from "./required-checks.ts";
import { parametersOf, rulesOf } from "./rules.ts";

/** Lets every merge queue do what is due: who may not stay leaves, groups are made anew on what they stand on, green ones merge. */
export async function settleQueues(world: World): Promise<void> {
  const all = world.state.all("queueEntry");
  for (const place of new Set(all.map(({ repository, base }) => `${repository} ${base}`))) {
    const [id = "", base = ""] = place.split(" ");
    const repository = world.state.get("repository", Number(id));
    if (repository !== undefined) while (await step(world, repository, base));
  }
}

/** One thing that is due in a queue; whether there was one. */
async function step(world: World, repository: Repository, base: string): Promise<boolean> {
  const queue = queueOf(world, repository, base);
  const [parameters] = parametersOf(rulesOf(world, repository, base), "merge_queue");
  for (const entry of queue) {
    const reason = parameters === undefined ? "QUEUE_CLEARED" : reasonToLeave(world, repository, entry);
    if (reason !== undefined) return leave(world, repository, entry, reason);
  }
  if (parameters === undefined) return false;
  if (await regroup(world, repository, queue, parameters)) return true;
  return advance(world, repository, queueOf(world, repository, base), parameters);
}

function reasonToLeave(world: World, repository: Repository, entry: QueueEntry): string | undefined {
  const { state, pull } = pullOf(world, repository, entry);
  if (pull.mergedAt !== null) return "ALREADY_MERGED";
  if (state === "closed") return "MANUAL";
  return pull.headSha === entry.head && pull.base === entry.base ? undefined : "UNKNOWN_REMOVAL_REASON";
}

async function leave(world: World, repository: Repository, entry: QueueEntry, reason: string): Promise<true> {
  await dequeue(world, repository, entry, { by: QUEUE, reason });
  return true;
}

/** Makes the first group anew that does not stand on what is before it. */
async function regroup(
  world: World,
  repository: Repository,
  queue: readonly QueueEntry[],
  rule: Json,
): Promise<boolean> {
  let base = branchSha(world, repository, queue[0]?.base ?? "") ?? "";
  for (const entry of queue) {
    if (entry.group?.base !== base) {
      await dropGroup(world, repository, entry, "invalidated");
      const pull = pullOf(world, repository, entry);
      const method = String(rule.merge_method).toLowerCase() as MergeMethod;
      const message = messageOf(repository, pull, { method });
      const merge = { method, base, head: entry.head, message, by: entry.enqueuer };
      const sha = await commitByMethod(world, repository, merge);
      const { group: _, ...ungrouped } = entry;
      if (sha === undefined) return leave(world, repository, ungrouped, "MERGE_CONFLICT");
      await putGroup(world, repository, ungrouped, { base, sha });
      return true;
    }
    base = entry.group.sha;
  }
  return false;
}

/** Merges what is green, and takes out what failed or was not answered in time. With HEADGREEN, a green one speaks for those before it. */
async function advance(
  world: World,
  repository: Repository,
  queue: readonly QueueEntry[],
  rule: Json,
): Promise<boolean> {
  const states = queue.map((entry) => stateOf(world, repository, entry, Number(rule.check_response_timeout_minutes)));
  const [first] = queue;
  const speaks = rule.grouping_strategy === "HEADGREEN" ? states.includes("green") : states[0] === "green";
  if (first?.group !== undefined && speaks) {
    const { base: from, sha: merge } = first.group;
    await dequeue(world, repository, first, { by: QUEUE, reason: "MERGE" });
    await finishMerge(world, repository, pullOf(world, repository, first), { merge, from, by: QUEUE });
    return true;
  }
  const failed = queue.findIndex((_, index) => states[index] !== "green" && states[index] !== "waiting");
  const entry = queue[failed];
  return entry === undefined ? false : leave(world, repository, entry, states[failed] ?? "");
}

function stateOf(world: World, repository: Repository, { base, group }: QueueEntry, minutes: number): string {
  if (group === undefined) return "waiting";
  const states = checkStates(world, repository, rulesOf(world, repository, base), group.sha).map(({ state }) => state);
  if (states.every((state) => state === "green")) return "green";
  if (states.includes("failing")) return "CI_FAILURE";
  return world.now() - Date.parse(group.since) > minutes * 60_000 ? "CI_TIMEOUT" : "waiting";
}
