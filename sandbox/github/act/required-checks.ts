import type { CheckRun } from "../state/check.ts";
import type { Repository, RequiredCheck } from "../state/repository.ts";
import type { World } from "../world.ts";

/** The checks that the rulesets require on a branch. */
export function requiredChecks(world: World, repository: Repository, branch: string): readonly RequiredCheck[] {
  const rulesets = world.state.all("ruleset", (one) => one.repository === repository.id && one.branch === branch);
  return rulesets.flatMap((ruleset) => ruleset.requiredChecks);
}

/** Why a commit may not go to a branch, one sentence for each required check that is not green; empty when it may. */
export function unmetChecks(world: World, repository: Repository, branch: string, sha: string): readonly string[] {
  return requiredChecks(world, repository, branch).flatMap((required) => {
    const state = checkState(world, repository, sha, required);
    return state === "green" ? [] : [`Required status check "${required.context}" is ${state}.`];
  });
}

function checkState(world: World, repository: Repository, sha: string, required: RequiredCheck): string {
  const states = latestChecks(world, repository, sha)
    .filter((check) => check.name === required.context && (required.app === undefined || check.app === required.app))
    .map(stateOfCheck);
  // A commit status has no App that could be asked for.
  const status = required.app === undefined ? latestStatus(world, repository, sha, required.context) : undefined;
  if (status !== undefined) states.push(status);
  return states.find((state) => state !== "green") ?? states[0] ?? "expected";
}

function stateOfCheck(check: CheckRun): string {
  if (check.status !== "completed") return "in progress";
  return ["success", "neutral", "skipped"].includes(check.conclusion ?? "") ? "green" : "failing";
}

function latestStatus(world: World, repository: Repository, sha: string, context: string): string | undefined {
  const of = world.state.all(
    "status",
    (one) => one.repository === repository.id && one.sha === sha && one.context === context,
  );
  const latest = of.at(-1)?.state;
  if (latest === undefined) return undefined;
  return latest === "success" ? "green" : latest === "pending" ? "in progress" : "failing";
}

/** The newest check run of each name and App on a commit. */
export function latestChecks(world: World, repository: Repository, sha: string): readonly CheckRun[] {
  const checks = world.state.all("check", (one) => one.repository === repository.id && one.headSha === sha);
  return [...new Map(checks.map((check) => [`${check.app}:${check.name}`, check])).values()];
}
