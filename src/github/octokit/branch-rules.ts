import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { BranchRules, MergeMethod, RequiredCheck } from "../../core/pull/branch-rules.ts";
import type { Repository } from "../../core/repository.ts";
import { together } from "../../core/together.ts";
import { type Client, named } from "./client.ts";
import { toGraphqlError, unlessMissing } from "./errors.ts";

type Rule = RestEndpointMethodTypes["repos"]["getBranchRules"]["response"]["data"][number];
type Settings = RestEndpointMethodTypes["repos"]["get"]["response"]["data"];
/** What one place says; what it leaves out it does not ask for. */
type Part = Partial<Omit<BranchRules, "methods">> & { readonly allowed?: readonly string[] };

/**
 * Rulesets, protection of the older kind as it is told to who may not administer the repository, and the settings: none of
 * it needs `administration`.
 */
export async function branchRules(client: Client, repository: Repository, branch: string): Promise<BranchRules> {
  // Who may not write is not told how it may merge.
  const { data } = await client.on(repository, "push").rest.repos.get(named(repository));
  const [rules, guarded] = await together([
    listRules(client, repository, branch),
    byProtection(client, repository, branch),
  ]);
  return merged([...rules.map(byRule), ...guarded], settingsMethods(data));
}

function listRules(client: Client, repository: Repository, branch: string): Promise<readonly Rule[]> {
  return client.on(repository, "read").paginate("GET /repos/{owner}/{repo}/rules/branches/{branch}", {
    ...named(repository),
    branch,
    per_page: 100,
  });
}

/** The strictest of all parts. */
function merged(parts: readonly Part[], methods: readonly MergeMethod[]): BranchRules {
  const all = <T>(pick: (part: Part) => readonly T[] | undefined) => parts.flatMap((part) => pick(part) ?? []);
  const any = (pick: (part: Part) => boolean | undefined) => parts.some((part) => pick(part) === true);
  const checks = all(({ requiredChecks }) => requiredChecks);
  return {
    requiredChecks: [...new Map(checks.map((check) => [JSON.stringify(check), check])).values()],
    strict: any(({ strict }) => strict),
    approvals: Math.max(0, ...parts.map(({ approvals = 0 }) => approvals)),
    reviews: [...new Set(all(({ reviews }) => reviews))],
    signatures: any(({ signatures }) => signatures),
    linear: any(({ linear }) => linear),
    methods: methods.filter((method) => parts.every(({ allowed }) => allowed?.includes(method) ?? true)),
    queue: any(({ queue }) => queue),
    deployments: [...new Set(all(({ deployments }) => deployments))],
    restricted: any(({ restricted }) => restricted),
    opaque: [...new Set(all(({ opaque }) => opaque))],
  };
}

/** What GitHub does not say is allowed. */
function settingsMethods(settings: Settings): readonly MergeMethod[] {
  const { allow_merge_commit: merge, allow_squash_merge: squash, allow_rebase_merge: rebase } = settings;
  const allowed = { merge, squash, rebase };
  return (["merge", "squash", "rebase"] as const).filter((method) => allowed[method] !== false);
}

/** They say nothing of a merge: they are about what is pushed, or only give advice. */
const NO_MATTER: ReadonlySet<string> = new Set([
  ...["creation", "deletion", "non_fast_forward", "copilot_code_review", "branch_name_pattern", "tag_name_pattern"],
  ...["file_path_restriction", "max_file_path_length", "file_extension_restriction", "max_file_size"],
]);

function byRule(rule: Rule): Part {
  switch (rule.type) {
    case "required_status_checks":
      return {
        requiredChecks: (rule.parameters?.required_status_checks ?? []).map(({ context, integration_id }) =>
          required(context, integration_id),
        ),
        strict: rule.parameters?.strict_required_status_checks_policy ?? false,
      };
    case "pull_request":
      return byReviews(rule.parameters);
    case "required_signatures":
      return { signatures: true };
    case "required_linear_history":
      return { linear: true };
    case "merge_queue":
      return { queue: true };
    case "required_deployments":
      return { deployments: rule.parameters?.required_deployment_environments ?? [] };
    case "update":
      return { restricted: true };
    default:
      // Octokit's types end with the rules of their day.
      return NO_MATTER.has(rule.type) ? {} : { opaque: [rule.type] };
  }
}

function byReviews(asked: Extract<Rule, { type: "pull_request" }>["parameters"]): Part {
  if (asked === undefined) return {};
  const { allowed_merge_methods: allowed } = asked;
  const reviewers =
    "required_reviewers" in asked && Array.isArray(asked.required_reviewers) ? asked.required_reviewers : [];
  return {
    approvals: asked.required_approving_review_count,
    reviews: [
      ...(asked.require_code_owner_review ? ["code owners"] : []),
      ...(asked.require_last_push_approval ? ["of the last push"] : []),
      ...(reviewers.length > 0 ? ["chosen reviewers"] : []),
    ],
    opaque: asked.required_review_thread_resolution ? ["resolved conversations"] : [],
    ...(allowed && { allowed }),
  };
}

const UPDATE_RULE = `query ($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      refUpdateRule {
        requiredApprovingReviewCount
        requiresCodeOwnerReviews
        requiresConversationResolution
        requiresLinearHistory
        requiresSignatures
      }
    }
  }
}`;

interface UpdateRule {
  readonly requiredApprovingReviewCount: number | null;
  readonly requiresCodeOwnerReviews: boolean;
  readonly requiresConversationResolution: boolean;
  readonly requiresLinearHistory: boolean;
  readonly requiresSignatures: boolean;
}

/** Its checks by the branch, the rest by GraphQL, where there is any. */
async function byProtection(client: Client, repository: Repository, branch: string): Promise<readonly Part[]> {
  const octokit = client.on(repository, "read");
  const answer = await unlessMissing(octokit.rest.repos.getBranch({ ...named(repository), branch }));
  const protection = answer?.data.protection;
  if (protection?.enabled === false || protection === undefined) return [];
  return [byProtectedChecks(protection.required_status_checks), await byUpdateRule(client, repository, branch)];
}

type Protected = RestEndpointMethodTypes["repos"]["getBranch"]["response"]["data"]["protection"];

function byProtectedChecks(checks: Protected["required_status_checks"]): Part {
  if (checks === undefined || checks.enforcement_level === "off") return {};
  const pinned = checks.checks ?? [];
  const names = new Set(pinned.map(({ context }) => context));
  const loose = (checks.contexts ?? []).filter((context) => !names.has(context));
  return {
    requiredChecks: [
      ...pinned.map(({ context, app_id }) => required(context, app_id)),
      ...loose.map((context) => required(context)),
    ],
    strict: checks.strict ?? false,
  };
}

async function byUpdateRule(client: Client, repository: Repository, branch: string): Promise<Part> {
  const rule = await askUpdateRule(client, repository, branch);
  if (rule == null) return {};
  return {
    approvals: rule.requiredApprovingReviewCount ?? 0,
    reviews: rule.requiresCodeOwnerReviews ? ["code owners"] : [],
    linear: rule.requiresLinearHistory,
    signatures: rule.requiresSignatures,
    opaque: rule.requiresConversationResolution ? ["resolved conversations"] : [],
  };
}

async function askUpdateRule(client: Client, repository: Repository, branch: string) {
  const { owner, name } = repository;
  try {
    const answer = await client
      .on(repository, "read")
      .graphql<{ repository: { ref: { refUpdateRule: UpdateRule | null } | null } | null }>(UPDATE_RULE, {
        owner,
        name,
        ref: `refs/heads/${branch}`,
      });
    return answer.repository?.ref?.refUpdateRule;
  } catch (error) {
    throw toGraphqlError(error, `the protection of ${branch}`);
  }
}

/** `null` and -1: any App may report it. */
function required(context: string, app?: number | null): RequiredCheck {
  return typeof app === "number" && app > 0 ? { context, app } : { context };
}

/** They refuse pushes as Oakum makes them: to new branches and to its own again, of commits that nothing has checked yet. */
const PUSH_RULES: ReadonlySet<string> = new Set([
  ...["creation", "update", "deletion", "non_fast_forward", "pull_request", "merge_queue"],
  ...["required_status_checks", "required_deployments", "workflows", "code_scanning"],
]);

/** The rules on pushes to a branch but those of rulesets that we may bypass: reserving our branches for us is one of these. */
export async function pushRules(client: Client, repository: Repository, branch: string): Promise<readonly string[]> {
  const rules = (await listRules(client, repository, branch)).filter(({ type }) => PUSH_RULES.has(type));
  const found: string[] = [];
  for (const [ruleset, own] of Map.groupBy(rules, ({ ruleset_id }) => ruleset_id)) {
    const isOurs = ruleset !== undefined && (await mayBypass(client, repository, ruleset));
    if (!isOurs) found.push(...own.map(({ type }) => type));
  }
  return [...new Set(found)];
}

async function mayBypass(client: Client, repository: Repository, ruleset: number): Promise<boolean> {
  const { repos } = client.on(repository, "read").rest;
  const answer = await unlessMissing(repos.getRepoRuleset({ ...named(repository), ruleset_id: ruleset }));
  const bypass: string | undefined = answer?.data.current_user_can_bypass;
  return bypass === "always" || bypass === "exempt";
}
