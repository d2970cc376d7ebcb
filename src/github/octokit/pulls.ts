import type { Octokit, RestEndpointMethodTypes } from "@octokit/rest";
import { AppError, isAppError } from "../../core/errors.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Closer, Pull, Pulls, Review } from "../github.ts";
import { type Client, named } from "./client.ts";
import { conflictOn, statusOf, unlessMissing } from "./errors.ts";

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
      // GitHub leaves a filter out that it cannot read.
      return data.filter(({ head }) => head.ref === branch).map(readPull);
    },

    async get(repository, number) {
      const octokit = client.on(repository, "readPulls");
      const { data } = await octokit.rest.pulls.get({ ...named(repository), pull_number: number });
      return readPull(data);
    },

    closer: (repository, number) => findCloser(client, repository, number),

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

    merge: (repository, number, head, title) =>
      mergePull(client.on(repository, "merge"), repository, { number, head, title }),
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

/** GitHub folds the roles into these: `maintain` into `write`, `triage` into `read`, an organisation's own into their base. */
async function mayWrite(client: Client, repository: Repository, username: string): Promise<boolean> {
  const { repos } = client.on(repository, "look").rest;
  const asked = repos.getCollaboratorPermissionLevel({ ...named(repository), username });
  const permission = (await unlessMissing(asked, 404))?.data.permission;
  return permission === "admin" || permission === "write";
}

/**
 * By the method that the repository allows, a merge commit first. A merge that GitHub did without our hearing of it counts.
 * What a rule of the branch forbids is DENIED, in GitHub's words: to ask again changes nothing.
 */
async function mergePull(
  octokit: Octokit,
  repository: Repository,
  { number, head, title }: { number: number; head: Sha; title: string },
): Promise<Sha> {
  const { data: settings } = await octokit.rest.repos.get(named(repository));
  const method = mergeMethod(settings);
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

/** What GitHub does not say is allowed. */
function mergeMethod(settings: { allow_merge_commit?: boolean; allow_squash_merge?: boolean }) {
  if (settings.allow_merge_commit !== false) return "merge";
  return settings.allow_squash_merge === false ? "rebase" : "squash";
}

/** Pulls do not say who closed them; the issue that each of them also is does. A bot is nobody, as with reviews. */
async function findCloser(client: Client, repository: Repository, number: number): Promise<Closer> {
  const { issues } = client.on(repository, "readPulls").rest;
  const { data } = await issues.get({ ...named(repository), issue_number: number });
  const by = data.closed_by;
  if (by == null) return "other";
  if (by.type === "Bot") return by.login === (await client.identity()).login ? "us" : "other";
  return (await mayWrite(client, repository, by.login)) ? "writer" : "other";
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
    title: data.title,
    body: data.body ?? "",
    labels: data.labels.map(({ name }) => name ?? ""),
    branch: data.head.ref,
    head: data.head.sha,
    ...(headRepository === undefined ? {} : { headRepository }),
    base: data.base.ref,
    ...(mergeable === null ? {} : { mergeable }),
  };
}
