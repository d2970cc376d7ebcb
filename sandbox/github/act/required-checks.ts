import type { CheckRun } from "../state/check.ts";
import type { Repository, Rule } from "../state/repository.ts";
import type { World } from "../world.ts";
import { parametersOf } from "./rules.ts";

export interface RequiredCheck {
  readonly context: string;
  readonly app?: number;
}

/** The checks that these rules require. */
export function checksOf(rules: readonly Rule[]): readonly RequiredCheck[] {
  return parametersOf(rules, "required_status_checks").flatMap(({ required_status_checks: checks }) =>
    (checks as readonly { context: string; integration_id?: number }[]).map(({ context, integration_id: app }) => ({
      context,
      ...(app !== undefined && { app }),
    })),
  );
}

/** Why a commit may not go where these rules hold, a sentence for each required check that is not green. */
export function unmetChecks(
  world: World,
  repository: Repository,
  rules: readonly Rule[],
  sha: string,
): readonly string[] {
  return checkStates(world, repository, rules, sha).flatMap(({ context, state }) =>
    state === "green" ? [] : [`Required status check "${context}" is ${state}.`],
  );
}

/** How each required check stands on a commit: `green`, `expected`, `in progress` or `failing`. */
export function checkStates(world: World, repository: Repository, rules: readonly Rule[], sha: string) {
  return checksOf(rules).map((required) => {
    return { context: required.context, state: checkState(world, repository, sha, required) };
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
