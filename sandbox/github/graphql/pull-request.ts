import { requirePermission } from "../access/permission.ts";
import { entryOf, queueOf } from "../act/merge-queue.ts";
import { askMergeable, mergeableState } from "../act/mergeability.ts";
import { reviewViolations } from "../act/review-rules.ts";
import { most, parametersOf, rulesOf } from "../act/rules.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import type { QueueEntry } from "../state/queue.ts";
import type { Repository } from "../state/repository.ts";
import { accountOf } from "../view/account.ts";
import { nodeId } from "../view/address.ts";
import type { World } from "../world.ts";
import type { Context } from "./context.ts";

/** GraphQL's `PullRequest`, as far as merging and its description go. */
export function viewPullRequest(context: Context, repository: Repository, pull: PullRequest) {
  const { world } = context;
  const entry = entryOf(world, repository, pull.number);
  return {
    __typename: "PullRequest",
    id: nodeId("PullRequest", pull.pull.id),
    number: pull.number,
    body: pull.body ?? "",
    lastEditedAt: pull.edited?.at ?? null,
    editor: pull.edited === undefined ? null : viewActor(world, pull.edited.by),
    state: pull.pull.mergedAt === null ? pull.state.toUpperCase() : "MERGED",
    headRefOid: pull.pull.headSha,
    baseRefName: pull.pull.base,
    isCrossRepository: pull.pull.fork !== undefined,
    isDraft: pull.pull.draft,
    isInMergeQueue: entry !== undefined,
    mergeQueueEntry: entry === undefined ? null : viewEntry(world, repository, entry),
    mergeStateStatus: () => mergeStatus(world, repository, pull),
    reviewDecision: () => reviewDecision(world, repository, pull),
    // Only the last one is ever asked for here.
    commits: () => ({ nodes: [{ commit: viewHead(context, repository, pull.pull.headSha) }] }),
    timelineItems: ({ itemTypes, last }: { itemTypes?: readonly string[]; last?: number }) => {
      const wanted = pull.happenings.filter(({ event }) => itemTypes?.includes(`${event.toUpperCase()}_EVENT`));
      const nodes = wanted.slice(-(last ?? 100)).map(({ reason = null, at, actor }) => {
        return {
          __typename: "RemovedFromMergeQueueEvent",
          reason,
          createdAt: at,
          actor: { __typename: "Bot", login: actor },
        };
      });
      return { nodes, totalCount: wanted.length };
    },
  };
}

interface Asked {
  readonly baseRefName?: string;
  readonly states?: readonly string[];
  readonly first?: number;
}

/** The pull requests into a branch, the newest first. */
export function viewPulls(context: Context, repository: Repository, { baseRefName: base, states, first = 100 }: Asked) {
  const isAsked = ({ pull, state }: Issue) => {
    const shown = pull?.mergedAt ? "MERGED" : state.toUpperCase();
    return (base === undefined || pull?.base === base) && (states === undefined || states.includes(shown));
  };
  const of = (issue: Issue) => issue.repository === repository.id && issue.pull !== undefined && isAsked(issue);
  const found = context.world.state.all("issue", of) as PullRequest[];
  const nodes = found.toReversed().slice(0, first);
  return { nodes: nodes.map((pull) => viewPullRequest(context, repository, pull)), totalCount: found.length };
}

function viewHead(context: Context, repository: Repository, sha: string) {
  return { __typename: "Commit", oid: sha, ...viewReports(context, repository, sha) };
}

/** What Apps say of a commit: the check suites of one, the runs in them of one name, and all statuses by theirs. */
export function viewReports({ world, actor }: Context, repository: Repository, sha: string) {
  const checkSuites = ({ filterBy }: { filterBy?: { appId?: number } }) => {
    requirePermission(actor, ["checks:read"]);
    const suites = world.state.all(
      "suite",
      (one) => one.repository === repository.id && one.headSha === sha && one.app === filterBy?.appId,
    );
    return { nodes: suites.map(({ id }) => ({ checkRuns: viewRuns(world, id) })), totalCount: suites.length };
  };
  const status = () => {
    requirePermission(actor, ["statuses:read"]);
    const found = world.state.all("status", (one) => one.repository === repository.id && one.sha === sha);
    const contexts = [...new Set(found.map(({ context }) => context))];
    return contexts.length === 0 ? null : { contexts: contexts.map((context) => ({ context })) };
  };
  return { checkSuites, status };
}

function viewRuns(world: World, suite: number) {
  return ({ filterBy }: { filterBy?: { checkName?: string } }) => {
    const runs = world.state.all("check", (one) => one.suite === suite && one.name === filterBy?.checkName);
    return { totalCount: runs.length };
  };
}

function viewActor(world: World, login: string) {
  const { id, type } = accountOf(world, login);
  // GraphQL names a bot without the ending that tells its login from a person's.
  return { __typename: type, login: login.replace(/\[bot\]$/, ""), databaseId: id };
}

export function viewEntry(world: World, repository: Repository, entry: QueueEntry) {
  const position = queueOf(world, repository, entry.base).findIndex(({ id }) => id === entry.id) + 1;
  return {
    __typename: "MergeQueueEntry",
    id: nodeId("MergeQueueEntry", entry.id),
    position,
    state: entry.group === undefined ? "QUEUED" : "AWAITING_CHECKS",
    enqueuedAt: entry.enqueuedAt,
  };
}

async function mergeStatus(world: World, repository: Repository, pull: PullRequest): Promise<string> {
  const mergeable = pull.state === "open" ? await askMergeable(world, repository, pull) : null;
  return (await mergeableState(world, repository, pull, mergeable)).toUpperCase();
}

async function reviewDecision(world: World, repository: Repository, pull: PullRequest): Promise<string | null> {
  const rules = rulesOf(world, repository, pull.pull.base);
  const asked = parametersOf(rules, "pull_request");
  const isAsked = most(asked, "required_approving_review_count") > 0 || asked.some(wantsReview);
  if (!isAsked) return null;
  const broken = await reviewViolations(world, repository, rules, pull);
  if (broken.some((sentence) => sentence.startsWith("Changes were requested"))) return "CHANGES_REQUESTED";
  return broken.length === 0 ? "APPROVED" : "REVIEW_REQUIRED";
}

function wantsReview(rule: Readonly<Record<string, unknown>>): boolean {
  return rule.require_code_owner_review === true || rule.require_last_push_approval === true;
}
