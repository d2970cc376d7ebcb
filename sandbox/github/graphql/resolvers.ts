import { loginOf, reaches } from "../access/actor.ts";
import { requirePermission } from "../access/permission.ts";
import { dequeue, enqueue, entryOf } from "../act/merge-queue.ts";
import { refSha } from "../act/ref.ts";
import { moveRefs } from "../act/refs.ts";
import { checksOf } from "../act/required-checks.ts";
import { most, parametersOf, rulesOf } from "../act/rules.ts";
import { noObject } from "../git/commit.ts";
import { resolveCommit } from "../git/revision.ts";
import { findInTree } from "../git/tree.ts";
import { rateOf } from "../rate.ts";
import { Refusal } from "../refusal.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { nodeId, pageOf, parseNodeId } from "../view/address.ts";
import { toTimestamp } from "../world.ts";
import type { Context } from "./context.ts";
import { viewEntry, viewPullRequest, viewPulls, viewReports } from "./pull-request.ts";

function missing(owner: string, name: string): Refusal {
  return new Refusal(404, `Could not resolve to a Repository with the name '${owner}/${name}'.`);
}

function viewRef(context: Context, repository: Repository, name: string) {
  const sha = refSha(context.world, repository, name);
  if (sha === undefined) return null;
  const [, , ...short] = name.split("/");
  const target = () => viewObject(context, repository, sha);
  return {
    __typename: "Ref",
    id: nodeId("Ref", name),
    name: short.join("/"),
    prefix: `${name.split("/", 2).join("/")}/`,
    target,
    refUpdateRule: () => viewUpdateRule(context, repository, short.join("/")),
  };
}

/** What protection of the older kind says of a branch to who may not administer it. */
function viewUpdateRule({ world, actor }: Context, repository: Repository, branch: string) {
  const rules = rulesOf(world, repository, branch).filter(({ ruleset }) => ruleset.kind === "protection");
  if (rules.length === 0) return null;
  const has = (type: string) => rules.some((rule) => rule.type === type);
  const reviews = parametersOf(rules, "pull_request");
  const count = most(reviews, "required_approving_review_count");
  return {
    __typename: "RefUpdateRule",
    allowsDeletions: !has("deletion"),
    allowsForcePushes: !has("non_fast_forward"),
    blocksCreations: has("creation"),
    pattern: branch,
    requiredApprovingReviewCount: count === 0 ? null : count,
    requiredStatusCheckContexts: checksOf(rules).map(({ context }) => context),
    requiresCodeOwnerReviews: reviews.some((one) => one.require_code_owner_review === true),
    requiresConversationResolution: reviews.some((one) => one.required_review_thread_resolution === true),
    requiresLinearHistory: has("required_linear_history"),
    requiresSignatures: has("required_signatures"),
    viewerAllowedToDismissReviews: actor.kind === "user",
    viewerCanPush: !has("update"),
  };
}

/** A git object by its id, with the fields that reading a repository takes. */
async function viewObject(context: Context, repository: Repository, sha: string) {
  const { world } = context;
  const object = await world.git.read(repository.id, sha);
  if (object === undefined) return null;
  const type = `${object.type.slice(0, 1).toUpperCase()}${object.type.slice(1)}`;
  const shown = { __typename: type, id: nodeId(type, sha), oid: sha, abbreviatedOid: sha.slice(0, 7) };
  if (object.type === "commit") return { ...shown, ...viewReports(context, repository, sha) };
  if (object.type !== "blob") return shown;
  const isBinary = object.content.includes(0);
  const text = isBinary ? null : object.content.toString();
  return { ...shown, byteSize: object.content.length, isBinary, isTruncated: false, text };
}

/** `revision`, or `revision:path`. */
async function resolveExpression(context: Context, repository: Repository, expression: string) {
  const { world } = context;
  const [revision = "", path] = expression.split(":");
  const commit = await resolveCommit(world, repository, revision === "HEAD" ? repository.defaultBranch : revision);
  if (commit === undefined) return null;
  if (path === undefined) return viewObject(context, repository, commit.sha);
  const item = await findInTree(world.git, repository.id, commit.tree, path);
  return item === undefined ? null : viewObject(context, repository, item.sha);
}

function viewRepository(context: Context, repository: Repository) {
  const branch = `refs/heads/${repository.defaultBranch}`;
  return {
    __typename: "Repository",
    id: nodeId("Repository", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${repository.owner}/${repository.name}`,
    url: pageOf(context.world, repository),
    isPrivate: repository.private,
    isArchived: repository.archived,
    isFork: false,
    isEmpty: refSha(context.world, repository, branch) === undefined,
    defaultBranchRef: () => viewRef(context, repository, branch),
    ref: ({ qualifiedName }: { qualifiedName: string }) => {
      const name = qualifiedName.startsWith("refs/") ? qualifiedName : `refs/heads/${qualifiedName}`;
      return viewRef(context, repository, name);
    },
    object: ({ oid, expression }: { oid?: string; expression?: string }) =>
      oid === undefined
        ? resolveExpression(context, repository, expression ?? "HEAD")
        : viewObject(context, repository, oid),
    pullRequests: (asked: Parameters<typeof viewPulls>[2]) => {
      requirePermission(context.actor, ["pull_requests:read"]);
      return viewPulls(context, repository, asked);
    },
    pullRequest: ({ number }: { number: number }) => {
      requirePermission(context.actor, ["pull_requests:read"]);
      const mine = (one: Issue) => one.repository === repository.id && one.number === number;
      const found = context.world.state.find("issue", mine);
      if (found?.pull === undefined) {
        throw new Refusal(404, `Could not resolve to a PullRequest with the number of ${number}.`);
      }
      return viewPullRequest(context, repository, found as PullRequest);
    },
  };
}

export const queries = {
  repository: ({ owner, name }: { owner: string; name: string }, context: Context) => {
    const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
    const found = context.world.state.find("repository", (one) => same(one.owner, owner) && same(one.name, name));
    if (found === undefined || !reaches(context.actor, found)) throw missing(owner, name);
    requirePermission(context.actor, ["metadata:read"]);
    return viewRepository(context, found);
  },
  viewer: (_: unknown, { actor }: Context) => ({ __typename: "User", login: loginOf(actor) }),
  rateLimit: (_: unknown, { world, actor }: Context) => {
    const { reset, ...rate } = rateOf(world, actor);
    return { ...rate, cost: 1, nodeCount: 1, resetAt: toTimestamp(reset * 1000) };
  },
};

interface RefUpdate {
  readonly name: string;
  readonly afterOid: string;
  readonly beforeOid?: string | null;
  readonly force?: boolean | null;
}

interface UpdateRefs {
  readonly input: {
    readonly clientMutationId?: string | null;
    readonly repositoryId: string;
    readonly refUpdates: readonly RefUpdate[];
  };
}

interface ByPull {
  readonly clientMutationId?: string | null;
  readonly expectedHeadOid?: string | null;
}

/** The pull request of a global id, for who may merge it. */
function mergedBy({ world, actor }: Context, id: string): { repository: Repository; pull: PullRequest } {
  const node = parseNodeId(id);
  const found = node?.type === "PullRequest" && world.state.find("issue", (one) => one.pull?.id === node.id);
  const repository = found ? world.state.get("repository", found.repository) : undefined;
  if (!found || repository === undefined || !reaches(actor, repository)) {
    throw new Refusal(404, `Could not resolve to a node with the global id of '${id}'.`);
  }
  requirePermission(actor, ["contents:write"]);
  requirePermission(actor, ["pull_requests:write"]);
  return { repository, pull: found as PullRequest };
}

export const mutations = {
  enqueuePullRequest: async ({ input }: { input: ByPull & { pullRequestId: string } }, context: Context) => {
    const { repository, pull } = mergedBy(context, input.pullRequestId);
    const by = loginOf(context.actor);
    const entry = await enqueue(context.world, repository, pull, { by, head: input.expectedHeadOid ?? undefined });
    const shown = viewEntry(context.world, repository, entry);
    return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: shown };
  },

  dequeuePullRequest: async ({ input }: { input: ByPull & { id: string } }, context: Context) => {
    const { repository, pull } = mergedBy(context, input.id);
    const entry = entryOf(context.world, repository, pull.number);
    if (entry === undefined) throw new Refusal(422, "Pull request is not in the queue");
    const shown = viewEntry(context.world, repository, entry);
    await dequeue(context.world, repository, entry, { by: loginOf(context.actor), reason: "MANUAL" });
    return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: shown };
  },

  /** Several references at once: `beforeOid` is the lease (all zeros: it must not exist), an `afterOid` of zeros deletes. */
  updateRefs: async ({ input }: UpdateRefs, { world, actor }: Context): Promise<Json> => {
    const node = parseNodeId(input.repositoryId);
    const found = node?.type === "Repository" ? world.state.get("repository", node.id) : undefined;
    if (found === undefined || !reaches(actor, found)) {
      throw new Refusal(404, `Could not resolve to a node with the global id of '${input.repositoryId}'.`);
    }
    requirePermission(actor, ["contents:write"]);
    const exists = (oid: string) => (oid === noObject ? undefined : oid);
    const updates = input.refUpdates.map(({ name, afterOid, beforeOid, force }) => ({
      name,
      ...(beforeOid == null ? {} : { lease: { sha: exists(beforeOid) } }),
      after: exists(afterOid),
      force: force ?? false,
    }));
    await moveRefs(world, found, updates, { login: loginOf(actor), bypass: false });
    return { clientMutationId: input.clientMutationId ?? null };
  },
};
