import type { Octokit, RestEndpointMethodTypes } from "@octokit/rest";
import { isAppError } from "../../core/errors.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Annotation, CheckReport, CheckRun, Checks } from "../checks.ts";
import { type Client, named } from "./client.ts";
import { findSilent } from "./silent-checks.ts";
import { findUnanswered } from "./unanswered.ts";

type Listed = RestEndpointMethodTypes["checks"]["listForRef"]["response"]["data"]["check_runs"][number];

type Status = RestEndpointMethodTypes["repos"]["getCombinedStatusForRef"]["response"]["data"]["statuses"][number];

/** What one request may carry, and what GitHub takes of each text. */
const BATCH = 50;
const LONGEST_SUMMARY = 65_535;
const LONGEST_TITLE = 255;

export function createChecks(client: Client): Checks {
  return {
    async list(repository, commit) {
      const octokit = client.on(repository, "readChecks");
      const [runs, statuses] = await Promise.all([
        octokit.paginate(octokit.rest.checks.listForRef, {
          ...named(repository),
          ref: commit,
          filter: "latest",
          per_page: 100,
        }),
        listStatuses(client.on(repository, "readStatuses"), repository, commit),
      ]);
      return [...runs.map(readRun), ...statuses];
    },

    unanswered: (repository, base, name) => findUnanswered(client, repository, base, name),

    silent: (repository, branch, checks) => findSilent(client, repository, branch, checks),

    async isRerequested(repository, commit) {
      const { id } = await client.identity();
      return isSuiteOpen(client.on(repository, "readChecks"), repository, commit, id);
    },

    async report(repository, check) {
      const octokit = client.on(repository, "checks");
      const { id } = await client.identity();
      const { data } = await octokit.rest.checks.listForRef({
        ...named(repository),
        ref: check.head,
        check_name: check.name,
        app_id: id,
        filter: "latest",
      });
      const standing = data.check_runs.find((run) => run.name === check.name && run.app?.id === id);
      const isWritten = standing?.external_id === check.externalId && standing.status === "completed";
      if (isWritten && !(await isSuiteOpen(octokit, repository, check.head, id))) return;
      await writeRun(octokit, repository, check, standing);
    },
  };
}

/** Whether the App's check suite on a commit is not completed. */
async function isSuiteOpen(octokit: Octokit, repository: Repository, commit: Sha, app: number): Promise<boolean> {
  const { data } = await octokit.rest.checks.listSuitesForRef({ ...named(repository), ref: commit, app_id: app });
  return data.check_suites.some(({ status }) => status !== "completed");
}

/**
 * GitHub adds the annotations of an update to those that are there. So only a run that has none of another report is
 * updated; a run cut off among its batches is taken up where it stopped; and it completes with its last batch.
 */
async function writeRun(
  octokit: Octokit,
  repository: Repository,
  check: CheckReport,
  standing: Listed | undefined,
): Promise<void> {
  const written = standing?.output.annotations_count ?? 0;
  const same = standing?.external_id === check.externalId;
  const reusable = standing !== undefined && standing.status !== "completed" && (same || written === 0);
  const batches = inBatches(check.annotations.slice(reusable ? written : 0));
  let id = reusable ? standing.id : undefined;
  for (const [index, annotations] of batches.entries()) {
    const progress =
      check.status === "completed" && index === batches.length - 1
        ? { status: "completed" as const, conclusion: check.conclusion ?? "neutral" }
        : { status: "in_progress" as const };
    const run = {
      ...named(repository),
      name: check.name,
      external_id: check.externalId,
      ...progress,
      output: {
        title: clip(check.title, LONGEST_TITLE),
        summary: clip(check.summary, LONGEST_SUMMARY),
        annotations: annotations.map(toAnnotation),
      },
    };
    if (id === undefined) id = (await octokit.rest.checks.create({ ...run, head_sha: check.head })).data.id;
    else await octokit.rest.checks.update({ ...run, check_run_id: id });
  }
}

/** Always at least one batch: a report without annotations is a report too. */
function inBatches(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.max(1, Math.ceil(annotations.length / BATCH));
  return Array.from({ length: count }, (_, index) => annotations.slice(index * BATCH, (index + 1) * BATCH));
}

function toAnnotation({ path, line, level, title, message }: Annotation) {
  return {
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: clip(title, LONGEST_TITLE),
    message: clip(message, LONGEST_SUMMARY),
  };
}

/** Statuses need a permission of their own. Where it is missing they are left out: a check that is not seen is not green. */
async function listStatuses(octokit: Octokit, repository: Repository, commit: Sha): Promise<readonly CheckRun[]> {
  try {
    const statuses = await readStatuses(octokit, repository, commit);
    return statuses.map(({ id, context, state }) => ({
      id,
      name: context,
      app: undefined,
      externalId: "",
      ...(state === "pending"
        ? { status: "in_progress" }
        : { status: "completed", conclusion: state === "success" ? "success" : "failure" }),
    }));
  } catch (error) {
    if (isAppError(error, "DENIED")) return [];
    throw error;
  }
}

/** Octokit's own pages miss this list, which has an address of its own. */
async function readStatuses(octokit: Octokit, repository: Repository, commit: Sha): Promise<readonly Status[]> {
  const statuses: Status[] = [];
  for (let page = 1; ; page += 1) {
    const parameters = { ...named(repository), ref: commit, per_page: 100, page };
    const { data } = await octokit.rest.repos.getCombinedStatusForRef(parameters);
    statuses.push(...data.statuses);
    if (data.statuses.length === 0 || statuses.length >= data.total_count) return statuses;
  }
}

function readRun({ id, name, app, external_id, status, conclusion }: Listed): CheckRun {
  const known = status === "queued" || status === "in_progress" || status === "completed" ? status : "other";
  return {
    id,
    name,
    app: app?.id,
    externalId: external_id ?? "",
    status: known,
    ...(conclusion === null ? {} : { conclusion }),
  };
}

function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
