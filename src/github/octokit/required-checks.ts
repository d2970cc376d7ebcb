import type { Octokit } from "@octokit/rest";
import type { Repository } from "../../core/repository.ts";
import { named } from "./client.ts";
import { unlessMissing } from "./errors.ts";

interface RequiredCheck {
  readonly context: string;
  readonly app?: number;
}

/** Of rulesets, and of branch protection as the branch itself tells it: neither needs `administration`. */
export async function requiredChecks(
  octokit: Octokit,
  repository: Repository,
  branch: string,
): Promise<readonly RequiredCheck[]> {
  const [ruled, guarded] = await Promise.all([
    byRules(octokit, repository, branch),
    byProtection(octokit, repository, branch),
  ]);
  const distinct = new Map([...ruled, ...guarded].map((check) => [JSON.stringify(check), check]));
  return [...distinct.values()];
}

async function byRules(octokit: Octokit, repository: Repository, branch: string): Promise<readonly RequiredCheck[]> {
  const rules = await octokit.paginate("GET /repos/{owner}/{repo}/rules/branches/{branch}", {
    ...named(repository),
    branch,
    per_page: 100,
  });
  return rules
    .flatMap((rule) => (rule.type === "required_status_checks" ? (rule.parameters?.required_status_checks ?? []) : []))
    .map(({ context, integration_id }) => required(context, integration_id));
}

async function byProtection(
  octokit: Octokit,
  repository: Repository,
  branch: string,
): Promise<readonly RequiredCheck[]> {
  const answer = await unlessMissing(octokit.rest.repos.getBranch({ ...named(repository), branch }));
  const checks = answer?.data.protection?.required_status_checks;
  if (checks === undefined || checks.enforcement_level === "off") return [];
  const pinned = checks.checks ?? [];
  const names = new Set(pinned.map(({ context }) => context));
  const loose = (checks.contexts ?? []).filter((context) => !names.has(context));
  return [
    ...pinned.map(({ context, app_id }) => required(context, app_id)),
    ...loose.map((context) => required(context)),
  ];
}

/** `null` and -1: any App may report it. */
function required(context: string, app?: number | null): RequiredCheck {
  return typeof app === "number" && app > 0 ? { context, app } : { context };
}
