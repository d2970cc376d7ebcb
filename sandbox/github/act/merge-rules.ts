import { readCommit } from "../git/commit.ts";
import { isAncestor, listCommits } from "../git/history.ts";
import type { PullRequest } from "../state/issue.ts";
import type { MergeMethod, Repository, Rule } from "../state/repository.ts";
import type { World } from "../world.ts";
import { CANNOT_UPDATE, NOT_LINEAR, UNSIGNED } from "./push-rules.ts";
import { branchSha } from "./ref.ts";
import { unmetChecks } from "./required-checks.ts";
import { reviewViolations } from "./review-rules.ts";
import { parametersOf, type RuleOf, rulesOf } from "./rules.ts";

/** Why a pull request may not be merged by this login, in GitHub's words; empty when it may. */
export async function mergeViolations(
  world: World,
  repository: Repository,
  pull: PullRequest,
  { by, method }: { readonly by: string; readonly method: MergeMethod },
): Promise<readonly string[]> {
  const rules = rulesOf(world, repository, pull.pull.base, by);
  const methods = methodViolations(rules, method);
  const queue = rules.some(({ type }) => type === "merge_queue")
    ? ["Changes must be made through the merge queue"]
    : [];
  const behind = (await isBehind(world, repository, rules, pull)) ? [BEHIND] : [];
  return [...queue, ...methods, ...(await pullViolations(world, repository, rules, pull)), ...behind];
}

const BEHIND = "The head branch is not up to date with the base branch.";

/** What rules say of a pull request whatever way it merges: also before it may enter a merge queue. */
export async function pullViolations(
  world: World,
  repository: Repository,
  rules: readonly RuleOf[],
  pull: PullRequest,
): Promise<readonly string[]> {
  const { headSha } = pull.pull;
  return [
    ...(rules.some(({ type }) => type === "update") ? [CANNOT_UPDATE] : []),
    ...unmetChecks(world, repository, rules, headSha),
    ...(await reviewViolations(world, repository, rules, pull)),
    ...(await signatureViolations(world, repository, rules, pull)),
    ...deploymentViolations(world, repository, rules, headSha),
    ...workflowViolations(world, repository, rules, headSha),
    ...rules.filter(({ type }) => !KNOWN.has(type)).map(({ type }) => `The rule ${type} is not met.`),
  ];
}

/** Rules that say nothing of a merge, or are looked at one by one. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["creation", "update", "deletion", "non_fast_forward", "pull_request", "merge_queue", "required_status_checks"],
  ...["required_signatures", "required_linear_history", "required_deployments", "workflows"],
]);

/** Whether rules ask for a head that has all of its base, and this one has not. */
export async function isBehind(
  world: World,
  repository: Repository,
  rules: readonly Rule[],
  { pull }: PullRequest,
): Promise<boolean> {
  const strict = parametersOf(rules, "required_status_checks").some(
    (one) => one.strict_required_status_checks_policy === true,
  );
  const base = branchSha(world, repository, pull.base);
  return strict && base !== undefined && !(await isAncestor(world.git, repository.id, base, pull.headSha));
}

function methodViolations(rules: readonly Rule[], method: MergeMethod): readonly string[] {
  const lists = parametersOf(rules, "pull_request").flatMap(({ allowed_merge_methods: list }) =>
    Array.isArray(list) ? [list as readonly string[]] : [],
  );
  const isAllowed = lists.every((list) => list.includes(method));
  const has = (type: string) => rules.some((rule) => rule.type === type);
  return [
    ...(isAllowed ? [] : [`The merge method ${method} is not allowed.`]),
    ...(method === "merge" && has("required_linear_history") ? [NOT_LINEAR] : []),
    // GitHub signs the commits that it makes of a merge, and cannot sign those that it rebases.
    ...(method === "rebase" && has("required_signatures") ? [UNSIGNED] : []),
  ];
}

async function signatureViolations(
  world: World,
  repository: Repository,
  rules: readonly Rule[],
  { pull }: PullRequest,
): Promise<readonly string[]> {
  if (!rules.some(({ type }) => type === "required_signatures")) return [];
  const base = branchSha(world, repository, pull.base) ?? pull.baseSha;
  const shas = await listCommits(world.git, repository.id, pull.headSha, { without: base, limit: 250 });
  const commits = await Promise.all(shas.map((sha) => readCommit(world.git, repository.id, sha)));
  return commits.some((commit) => commit?.signature === undefined) ? [UNSIGNED] : [];
}

function deploymentViolations(world: World, repository: Repository, rules: readonly Rule[], sha: string) {
  const environments = parametersOf(rules, "required_deployments").flatMap(
    ({ required_deployment_environments: names }) => names as readonly string[],
  );
  const isDone = (environment: string) =>
    world.state
      .all(
        "deployment",
        (one) => one.repository === repository.id && one.sha === sha && one.environment === environment,
      )
      .some(({ id }) =>
        world.state.find("deploymentStatus", (one) => one.deployment === id && one.state === "success"),
      );
  return environments.filter((one) => !isDone(one)).map((one) => `Required deployment to ${one} is missing.`);
}

function workflowViolations(world: World, repository: Repository, rules: readonly Rule[], sha: string) {
  const paths = parametersOf(rules, "workflows").flatMap(({ workflows }) =>
    (workflows as readonly { readonly path: string }[]).map(({ path }) => path),
  );
  const isGreen = (path: string) =>
    world.state
      .all("run", (run) => run.repository === repository.id && run.headSha === sha && run.conclusion === "success")
      .some(({ workflow }) => world.state.get("workflow", workflow)?.path === path);
  return paths.filter((one) => !isGreen(one)).map((one) => `Required workflow "${one}" is not green.`);
}
