import { mergeTrees } from "../git/history.ts";
import type { PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { isBehind, pullViolations } from "./merge-rules.ts";
import { rulesOf } from "./rules.ts";

interface Known {
  readonly key: string;
  /** When it was asked for first. */
  readonly since: number;
  /** The tree of the merge; `null` for a conflict, `undefined` while it is being computed. */
  readonly tree?: string | null;
}

// Not part of the state: a restarted GitHub computes it again, as it does when head or base move.
const known = new WeakMap<World, Map<number, Known>>();

/**
 * Whether an open pull request merges cleanly: `null` the first time it is asked for after its head or base moved, as
 * GitHub answers while it computes in the background.
 */
export async function askMergeable(world: World, repository: Repository, pull: PullRequest): Promise<boolean | null> {
  const table = known.get(world) ?? new Map<number, Known>();
  known.set(world, table);
  const base = world.state.get("ref", `${repository.id}:refs/heads/${pull.pull.base}`)?.sha ?? pull.pull.baseSha;
  const key = `${base}:${pull.pull.headSha}`;
  const before = table.get(pull.id);
  if (before?.key !== key) {
    table.set(pull.id, { key, since: world.now() });
    return null;
  }
  if (world.now() < before.since + world.limits.mergeable) return null;
  if (before.tree !== undefined) return before.tree !== null;
  const tree = (await mergeTrees(world.git, repository.id, base, pull.pull.headSha)) ?? null;
  table.set(pull.id, { ...before, tree });
  return tree !== null;
}

/** GitHub's `mergeable_state`. */
export async function mergeableState(
  world: World,
  repository: Repository,
  pull: PullRequest,
  mergeable: boolean | null,
): Promise<string> {
  if (pull.state === "closed" || mergeable === null) return "unknown";
  if (!mergeable) return "dirty";
  if (pull.pull.draft) return "draft";
  const rules = rulesOf(world, repository, pull.pull.base);
  if ((await pullViolations(world, repository, rules, pull)).length > 0) return "blocked";
  return (await isBehind(world, repository, rules, pull)) ? "behind" : "clean";
}
