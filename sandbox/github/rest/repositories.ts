import { reaches } from "../access/actor.ts";
import { basePermission, isBot, personalPermission } from "../access/collaborator.ts";
import { requiredChecks } from "../act/required-checks.ts";
import { type Operations, onAccount, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import type { Ref } from "../state/repository.ts";
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

function isProtected({ world, repository }: Any, branch: string): boolean {
  return world.state.find("ruleset", (one) => one.repository === repository.id && one.branch === branch) !== undefined;
}

function viewProtection(call: Any, branch: string): Json {
  const contexts = requiredChecks(call.world, call.repository, branch);
  return {
    enabled: false,
    required_status_checks: {
      enforcement_level: "off",
      contexts: contexts.map((check) => check.context),
      checks: contexts.map((check) => ({ context: check.context, app_id: check.app ?? null })),
    },
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

  ...onRepository("repos/list-branches", ["contents:read"], (call) =>
    page(branchesOf(call), call.parameters, (ref) => {
      const url = `${apiOf(call.world, call.repository)}/commits/${ref.sha}`;
      return { name: shortName(ref), commit: { sha: ref.sha, url }, protected: isProtected(call, shortName(ref)) };
    }),
  ),

  ...onRepository("repos/get-branch", ["contents:read"], async (call) => {
    const { world, repository, parameters } = call;
    const ref = branchesOf(call).find((one) => shortName(one) === parameters.branch);
    if (ref === undefined) throw new Refusal(404, "Branch not found");
    const url = `${apiOf(world, repository)}/branches/${parameters.branch}`;
    const body = {
      name: parameters.branch,
      commit: viewCommit(world, repository, await mustReadCommit(world, repository, ref.sha)),
      _links: { self: url, html: `${pageOf(world, repository)}/tree/${parameters.branch}` },
      protected: isProtected(call, parameters.branch),
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
    const rulesets = world.state.all(
      "ruleset",
      (one) => one.repository === repository.id && one.branch === parameters.branch,
    );
    return page(rulesets, parameters, (ruleset) => ({
      type: "required_status_checks",
      ruleset_source_type: "Repository",
      ruleset_source: `${repository.owner}/${repository.name}`,
      ruleset_id: ruleset.id,
      parameters: {
        strict_required_status_checks_policy: false,
        do_not_enforce_on_create: true,
        required_status_checks: ruleset.requiredChecks.map(({ context, app }) => ({
          context,
          ...(app === undefined ? {} : { integration_id: app }),
        })),
      },
    }));
  }),

  ...onRepository("repos/get-repo-rulesets", ["metadata:read"], ({ world, repository, parameters }) => {
    const rulesets = world.state.all("ruleset", (one) => one.repository === repository.id);
    return page(rulesets, parameters, (ruleset) => ({
      id: ruleset.id,
      node_id: nodeId("RepositoryRuleset", ruleset.id),
      name: `Required checks on ${ruleset.branch}`,
      target: "branch",
      source_type: "Repository",
      source: `${repository.owner}/${repository.name}`,
      enforcement: "active",
      created_at: ruleset.createdAt,
      updated_at: ruleset.createdAt,
    }));
  }),
};
