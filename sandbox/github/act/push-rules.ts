import { readCommit } from "../git/commit.ts";
import { listCommits } from "../git/history.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { unmetChecks } from "./required-checks.ts";
import { type RuleOf, rulesOf } from "./rules.ts";

/** A branch that shall move. */
export interface Move {
  readonly branch: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly forced: boolean;
}

/** Why a branch may not be moved by this login, in GitHub's words; empty when it may. */
export async function pushViolations(
  world: World,
  repository: Repository,
  login: string,
  move: Move,
): Promise<readonly string[]> {
  const rules = rulesOf(world, repository, move.branch, login);
  const broken = rules.flatMap((rule) => {
    const sentence = TOLD[rule.type]?.(move);
    return typeof sentence === "string" ? [sentence] : [];
  });
  const { before, after } = move;
  if (after === undefined) return [...new Set(broken)];
  const checks = before === undefined ? [] : unmetChecks(world, repository, rules, after);
  return [...new Set([...broken, ...(await commitViolations(world, repository, rules, move)), ...checks])];
}

/** What a rule says of a move by itself; nothing where it does not mind. */
const TOLD: Readonly<Record<string, (move: Move) => string | false>> = {
  creation: ({ before }) => before === undefined && "Cannot create ref due to creations being restricted.",
  update: ({ before, after }) => before !== undefined && after !== undefined && CANNOT_UPDATE,
  deletion: ({ after }) => after === undefined && "Cannot delete this branch",
  non_fast_forward: ({ forced }) => forced && "Cannot force-push to this branch",
  pull_request: ({ after }) => after !== undefined && "Changes must be made through a pull request.",
  merge_queue: ({ after }) => after !== undefined && "Changes must be made through the merge queue",
};

export const CANNOT_UPDATE = "Cannot update this protected ref.";
export const UNSIGNED = "Commits must have verified signatures.";
export const NOT_LINEAR = "This branch must not contain merge commits.";

/** What the rules say of the commits that a move brings. */
async function commitViolations(
  world: World,
  repository: Repository,
  rules: readonly RuleOf[],
  { before, after }: Move,
): Promise<readonly string[]> {
  const has = (type: string) => rules.some((rule) => rule.type === type);
  if (after === undefined || !(has("required_signatures") || has("required_linear_history"))) return [];
  const known = before ?? world.state.get("ref", `${repository.id}:refs/heads/${repository.defaultBranch}`)?.sha;
  const range = known === undefined ? { limit: 250 } : { without: known, limit: 250 };
  const shas = await listCommits(world.git, repository.id, after, range);
  const commits = await Promise.all(shas.map((sha) => readCommit(world.git, repository.id, sha)));
  const unsigned = has("required_signatures") && commits.some((one) => one?.signature === undefined);
  const merges = has("required_linear_history") && commits.some((one) => (one?.parents.length ?? 0) > 1);
  return [...(unsigned ? [UNSIGNED] : []), ...(merges ? [NOT_LINEAR] : [])];
}
