import type { Octokit } from "@octokit/rest";
import { AppError, isAppError } from "../../core/errors.ts";
import type { MergeMethod } from "../../core/pull/branch-rules.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Standing } from "../pulls.ts";
import { type Client, named } from "./client.ts";
import { conflictOn, statusOf, toGraphqlError } from "./errors.ts";

/**
 * A merge that GitHub did without our hearing of it counts. What a rule of the branch forbids is DENIED, in GitHub's words: to
 * ask again changes nothing.
 */
export async function mergePull(
  octokit: Octokit,
  repository: Repository,
  { number, head, title, method }: { number: number; head: Sha; title: string; method: MergeMethod },
): Promise<Sha> {
  const pull = { ...named(repository), pull_number: number };
  try {
    const act = octokit.rest.pulls.merge({
      ...pull,
      sha: head,
      merge_method: method,
      ...(method === "rebase" ? {} : { commit_title: title }),
    });
    return (await conflictOn(act, 422)).data.sha;
  } catch (error) {
    if (isAppError(error, "DENIED")) throw error;
    const { data } = await octokit.rest.pulls.get(pull);
    if (data.merged && data.head.sha === head && data.merge_commit_sha !== null) return data.merge_commit_sha;
    if (!isAppError(error) || statusOf(error) !== 405 || MOVED.test(error.message)) throw error;
    throw new AppError("DENIED", error.message, { cause: error.cause });
  }
}

/** GitHub's words for a merge that it began and had to give up. */
const MOVED = /try the merge again/i;

const QUEUE_FIELDS = `
      mergeQueueEntry { position }
      timelineItems(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
        nodes { ... on RemovedFromMergeQueueEvent { reason } }
      }`;

const standingQuery = (queue: boolean) => `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      headRefOid
      reviewDecision
      mergeStateStatus${queue ? QUEUE_FIELDS : ""}
    }
  }
}`;

interface AskedPull {
  readonly id: string;
  readonly headRefOid: Sha;
  readonly reviewDecision: string | null;
  readonly mergeStateStatus: string;
  readonly mergeQueueEntry?: { readonly position: number } | null;
  readonly timelineItems?: { readonly nodes: readonly ({ readonly reason?: string | null } | null)[] | null };
}

/** What REST does not tell of a pull. */
export async function readStanding(
  client: Client,
  repository: Repository,
  number: number,
  queue: boolean,
): Promise<Standing> {
  const pull = await askPull(client.on(repository, queue ? "readQueue" : "readPulls"), repository, number, queue);
  const review = pull.reviewDecision === null ? undefined : REVIEWS[pull.reviewDecision];
  const position = pull.mergeQueueEntry?.position;
  const [left] = pull.timelineItems?.nodes ?? [];
  return {
    head: pull.headRefOid,
    ...(review && { review }),
    blocked: pull.mergeStateStatus === "UNKNOWN" ? undefined : !OPEN.has(pull.mergeStateStatus),
    ...(position !== undefined && { position }),
    ...(left && { left: left.reason ?? "no reason given" }),
  };
}

const REVIEWS: Readonly<Record<string, NonNullable<Standing["review"]>>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  REVIEW_REQUIRED: "required",
};

/** Of `mergeStateStatus`: no rule is in the way. */
const OPEN: ReadonlySet<string> = new Set(["CLEAN", "HAS_HOOKS", "UNSTABLE"]);

async function askPull(octokit: Octokit, repository: Repository, number: number, queue: boolean): Promise<AskedPull> {
  const { owner, name } = repository;
  try {
    const answer = await octokit.graphql<{ repository: { pullRequest: AskedPull | null } | null }>(
      standingQuery(queue),
      {
        owner,
        name,
        number,
      },
    );
    const pull = answer.repository?.pullRequest;
    if (pull == null) throw new AppError("DENIED", `GitHub knows no pull request ${number} of ${owner}/${name}`);
    return pull;
  } catch (error) {
    throw toGraphqlError(error, `pull request ${number}`);
  }
}

const ENQUEUE = `mutation ($input: EnqueuePullRequestInput!) {
  enqueuePullRequest(input: $input) {
    clientMutationId
  }
}`;

/** After a failure the pull itself tells whether it was queued, or moved; else GitHub's words are why not. */
export async function enqueuePull(client: Client, repository: Repository, number: number, head: Sha): Promise<void> {
  const octokit = client.on(repository, "enqueue");
  const before = await askPull(octokit, repository, number, true);
  if (isQueued(before, head)) return;
  try {
    await octokit.graphql(ENQUEUE, { input: { pullRequestId: before.id, expectedHeadOid: head } });
  } catch (error) {
    const failure = toGraphqlError(error, `to queue pull request ${number}`);
    if (failure.code === "DENIED") throw failure;
    const after = await askPull(octokit, repository, number, true);
    if (isQueued(after, head)) return;
    if (after.headRefOid === head && failure.code !== "INPUT") throw failure;
    throw new AppError(after.headRefOid === head ? "DENIED" : "CONFLICT", failure.message, { cause: failure.cause });
  }
}

const DEQUEUE = `mutation ($input: DequeuePullRequestInput!) {
  dequeuePullRequest(input: $input) {
    clientMutationId
  }
}`;

/** One that is not in there is out, whoever took it. */
export async function dequeuePull(client: Client, repository: Repository, number: number): Promise<void> {
  const octokit = client.on(repository, "enqueue");
  const before = await askPull(octokit, repository, number, true);
  if (before.mergeQueueEntry == null) return;
  try {
    await octokit.graphql(DEQUEUE, { input: { id: before.id } });
  } catch (error) {
    const failure = toGraphqlError(error, `to take pull request ${number} out of the queue`);
    if ((await askPull(octokit, repository, number, true)).mergeQueueEntry != null) throw failure;
  }
}

function isQueued({ mergeQueueEntry, headRefOid }: AskedPull, head: Sha): boolean {
  return mergeQueueEntry != null && headRefOid === head;
}
