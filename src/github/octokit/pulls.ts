import type { RestEndpointMethodTypes } from "@octokit/rest";
import { AppError, isAppError } from "../../core/errors.ts";
import type { Repository } from "../../core/repository.ts";
import type { Closing, Pull, Pulls, Review } from "../pulls.ts";
import { type Client, named } from "./client.ts";
import { dequeuePull, enqueuePull, mergePull, readStanding } from "./merge-pull.ts";
import { mayWrite } from "./permission.ts";
import { pullFiles } from "./pull-files.ts";
import { requestReview } from "./review-request.ts";

type Listed = RestEndpointMethodTypes["pulls"]["list"]["response"]["data"][number];
type Single = RestEndpointMethodTypes["pulls"]["get"]["response"]["data"];

/** Of one branch: more pulls than a person reads. */
const MOST_LISTED = 30;

const REVIEW_STATES: Readonly<Record<string, Review["state"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
  PENDING: "pending",
};

export function createPulls(client: Client): Pulls {
  return {
    async list(repository, branch, state) {
      const octokit = client.on(repository, "readPulls");
      const { data } = await octokit.rest.pulls.list({
        ...named(repository),
        head: `${repository.owner}:${branch}`,
        state,
        sort: "created",
        direction: "desc",
        per_page: MOST_LISTED,
      });
      // GitHub leaves a filter out that it cannot read, and goes by owner: a fork of the same organisation's is not ours.
      return data.filter(({ head }) => head.ref === branch && head.repo?.id === repository.repository).map(readPull);
    },

    async get(repository, number) {
      const octokit = client.on(repository, "readPulls");
      const { data } = await octokit.rest.pulls.get({ ...named(repository), pull_number: number });
      return readPull(data);
    },

    closing: (repository, number) => findClosing(client, repository, number),

    async open(repository, { branch, ...pull }) {
      const { pulls } = client.on(repository, "pulls").rest;
      try {
        const { data } = await pulls.create({ ...named(repository), ...pull, head: branch });
        return readPull(data);
      } catch (error) {
        if (!isAppError(error, "INPUT") || !error.message.includes("already exists")) throw error;
        throw new AppError("CONFLICT", error.message, { cause: error.cause });
      }
    },

    async update(repository, number, change) {
      const { pulls } = client.on(repository, "pulls").rest;
      await pulls.update({ ...named(repository), ...change, pull_number: number });
    },

    async label(repository, number, labels) {
      const { issues } = client.on(repository, "pulls").rest;
      await issues.addLabels({ ...named(repository), issue_number: number, labels: [...labels] });
    },

    requestReview: (repository, number, reviewer) => requestReview(client, repository, number, reviewer),

    async reviews(repository, number) {
      const octokit = client.on(repository, "readPulls");
      const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
        ...named(repository),
        pull_number: number,
        per_page: 100,
      });
      const { login } = await client.identity();
      const others = reviews.filter(({ user }) => user !== null && user.login !== login);
      const writers = await writersAmong(client, repository, others);
      return others.map(({ user, state, commit_id }) => ({
        user: user?.login ?? "",
        state: REVIEW_STATES[state] ?? "commented",
        commit: commit_id ?? "",
        mayWrite: writers.has(user?.login ?? ""),
      }));
    },

    files: pullFiles(client),

    async into(repository, base) {
      const { pulls } = client.on(repository, "readPulls").rest;
      const { data } = await pulls.list({ ...named(repository), base, state: "open", per_page: 100 });
      return data.map(readPull);
    },

    merge: (repository, number, asked) => mergePull(client.on(repository, "merge"), repository, { ...asked, number }),

    standing: (repository, number, { queue }) => readStanding(client, repository, number, queue),

    dequeue: (repository, number) => dequeuePull(client, repository, number),
    enqueue: (repository, number, head) => enqueuePull(client, repository, number, head),
  };
}

type Reviewed = RestEndpointMethodTypes["pulls"]["listReviews"]["response"]["data"][number];

/**
 * Who of the reviewers may write to the repository now: asked of GitHub, as a review does not say it. A bot is nobody: a
 * workflow of the repository approves as one, by whoever's hand it was written.
 */
async function writersAmong(
  client: Client,
  repository: Repository,
  reviews: readonly Reviewed[],
): Promise<ReadonlySet<string>> {
  const deciding = reviews.filter(
    ({ state, user }) => user?.type !== "Bot" && (state === "APPROVED" || state === "CHANGES_REQUESTED"),
  );
  const writers = new Set<string>();
  for (const username of new Set(deciding.flatMap(({ user }) => user?.login ?? []))) {
    if (await mayWrite(client, repository, username)) writers.add(username);
  }
  return writers;
}

/** Pulls do not say who closed them; the issue that each of them also is does. A bot is nobody, as with reviews. */
async function findClosing(client: Client, repository: Repository, number: number): Promise<Closing> {
  const { issues } = client.on(repository, "readPulls").rest;
  const { data } = await issues.get({ ...named(repository), issue_number: number });
  const { login: us } = await client.identity();
  const opened = { openedByUs: data.user?.login === us };
  const by = data.closed_by;
  if (by == null) return { by: "other", ...opened };
  const who = { id: by.id, login: by.login };
  if (by.type === "Bot") return { by: by.login === us ? "us" : "other", who, ...opened };
  return { by: (await mayWrite(client, repository, by.login)) ? "writer" : "other", who, ...opened };
}

function readPull(data: Listed | Single): Pull {
  const merged = "merged" in data ? data.merged : data.merged_at !== null;
  const mergeable = "mergeable" in data ? data.mergeable : null;
  // A fork that was deleted leaves no repository, whatever Octokit's types say.
  const headRepository = (data.head.repo as { readonly id: number } | null)?.id;
  return {
    number: data.number,
    url: data.html_url,
    state: data.state === "open" ? "open" : "closed",
    merged,
    ...(merged && data.merge_commit_sha !== null ? { mergeCommit: data.merge_commit_sha } : {}),
    draft: data.draft ?? false,
    author: data.user?.login ?? "ghost",
    title: data.title,
    body: data.body ?? "",
    labels: data.labels.map(({ name }) => name ?? ""),
    branch: data.head.ref,
    head: data.head.sha,
    ...(headRepository === undefined ? {} : { headRepository }),
    base: data.base.ref,
    ...(mergeable === null ? {} : { mergeable }),
    updatedAt: data.updated_at,
    comments: "comments" in data ? data.comments : undefined,
  };
}
