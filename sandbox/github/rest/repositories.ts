import { loginOf, reaches } from "../access/actor.ts";
import { basePermission, isBot, personalPermission } from "../access/collaborator.ts";
import { checksOf } from "../act/required-checks.ts";
import { parametersOf, rulesOf } from "../act/rules.ts";
import { type Operations, onAccount, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import type { Ref, Repository, Ruleset } from "../state/repository.ts";
import { viewUser } from "../view/account.ts";
import { apiOf, nodeId, pageOf } from "../view/address.ts";
import { mustReadCommit, viewCommit } from "../view/commit.ts";
import { viewFullRepository, viewRepository } from "../view/repository.ts";

type Any = RepositoryCall<unknown>;

function branchesOf({ world, repository }: Any): readonly Ref[] {
  return world.state
    .all("ref", (ref) => ref.repository === repository.id && ref.name.startsWith("refs/heads/"))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const shortName = (ref: Ref) => ref.name.slice("refs/heads/".length);

/** What a branch tells of its protection to who may not administer it. */
function viewProtection({ world, repository }: Any, branch: string): Json {
  const rules = rulesOf(world, repository, branch).filter(({ ruleset }) => ruleset.kind === "protection");
  const checks = checksOf(rules);
  const strict = parametersOf(rules, "required_status_checks").some(
    (one) => one.strict_required_status_checks_policy === true,
  );
  return {
    enabled: rules.length > 0,
    required_status_checks: {
      enforcement_level: checks.length > 0 ? "everyone" : "off",
      contexts: checks.map((check) => check.context),
      checks: checks.map((check) => ({ context: check.context, app_id: check.app ?? null })),
      ...(strict && { strict }),
    },
  };
}

function viewRuleset(repository: Repository, ruleset: Ruleset): Json {
  return {
    id: ruleset.id,
    node_id: nodeId("RepositoryRuleset", ruleset.id),
    name: `Rules of ${ruleset.branch}`,
    target: "branch",
    source_type: "Repository",
    source: `${repository.owner}/${repository.name}`,
    enforcement: "active",
    created_at: ruleset.createdAt,
    updated_at: ruleset.createdAt,
  };
}

export const repositories: Operations = {
  ...onRepository("repos/get", ["metadata:read"], ({ world, repository }) => {
    return { status: 200, body: viewFullRepository(world, repository) };
  }),

  ...onAccount("repos/list-for-org", [], ({ world, actor, parameters }) => {
    const owned = (owner: string) => owner.toLowerCase() === parameters.org.toLowerCase();
    const seen = world.state.all("repository", (one) => owned(one.owner) && reaches(actor, one));
    if (seen.length === 0) throw notFound();
    return page(seen, parameters, (one) => viewRepository(world, one));
  }),

  ...onRepository("repos/list-branches", ["contents:read"], (call) => {
    const isProtected = (branch: string) => rulesOf(call.world, call.repository, branch).length > 0;
    return page(branchesOf(call), call.parameters, (ref) => {
      const url = `${apiOf(call.world, call.repository)}/commits/${ref.sha}`;
      return { name: shortName(ref), commit: { sha: ref.sha, url }, protected: isProtected(shortName(ref)) };
    });
  }),

  ...onRepository("repos/get-branch", ["contents:read"], async (call) => {
    const { world, repository, parameters } = call;
    const ref = branchesOf(call).find((one) => shortName(one) === parameters.branch);
    if (ref === undefined) throw new Refusal(404, "Branch not found");
    const url = `${apiOf(world, repository)}/branches/${parameters.branch}`;
    const body = {
      name: parameters.branch,
      commit: viewCommit(world, repository, await mustReadCommit(world, repository, ref.sha)),
      _links: { self: url, html: `${pageOf(world, repository)}/tree/${parameters.branch}` },
      protected: rulesOf(world, repository, parameters.branch).length > 0,
      protection: viewProtection(call, parameters.branch),
      protection_url: `${url}/protection`,
    };
    return { status: 200, body };
  }),

  ...onRepository("repos/get-collaborator-permission-level", ["metadata:read"], ({ world, repository, parameters }) => {
    const { username } = parameters;
    if (isBot(username)) throw new Refusal(404, `${username} is not a user`);
    const role = personalPermission(world, repository, username);
    const user = { ...viewUser(world, username), role_name: role };
    return { status: 200, body: { permission: basePermission(role), role_name: role, user } };
  }),

  // Branch protection of the old kind; here every rule is a ruleset.
  ...onRepository("repos/get-branch-protection", ["administration:read"], (call) => {
    must(branchesOf(call).find((ref) => shortName(ref) === call.parameters.branch));
    throw new Refusal(404, "Branch not protected");
  }),

  ...onRepository("repos/get-branch-rules", ["metadata:read"], ({ world, repository, parameters }) => {
    const rules = rulesOf(world, repository, parameters.branch).filter(({ ruleset }) => ruleset.kind === "ruleset");
    return page(rules, parameters, ({ type, parameters: details, ruleset }) => ({
      type,
      ...(details && { parameters: details }),
      ruleset_source_type: "Repository",
      ruleset_source: `${repository.owner}/${repository.name}`,
      ruleset_id: ruleset.id,
    }));
  }),

  ...onRepository("repos/get-repo-rulesets", ["metadata:read"], ({ world, repository, parameters }) => {
    const here = (one: Ruleset) => one.repository === repository.id && one.kind === "ruleset";
    return page(world.state.all("ruleset", here), parameters, (ruleset) => viewRuleset(repository, ruleset));
  }),

  ...onRepository("repos/get-repo-ruleset", ["metadata:read"], ({ repository, parameters, world, actor }) => {
    const found = world.state.get("ruleset", parameters.ruleset_id);
    if (found?.repository !== repository.id || found.kind !== "ruleset") throw notFound();
    const bypass = found.bypass.includes(loginOf(actor)) ? "always" : "never";
    const { rules } = found;
    return { status: 200, body: { ...viewRuleset(repository, found), rules, current_user_can_bypass: bypass } };
  }),
};
