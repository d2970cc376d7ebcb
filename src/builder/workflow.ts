import type { Logger } from "pino";
import { isAppError } from "../core/errors.ts";
import type { Outcome } from "../core/outcome.ts";
import { pace } from "../core/pace.ts";
import { reason } from "../core/reason.ts";
import type { GitHub, WorkflowRun } from "../github/github.ts";
import type { Builder, BuildRequest, BuiltImage } from "./builder.ts";
import { correlationOf } from "./workflow/correlation.ts";
import { mismatch, readReport } from "./workflow/report.ts";

export interface WorkflowBuilderOptions {
  readonly github: Pick<GitHub, "workflows">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

type Built = Outcome<readonly BuiltImage[]>;

const ARTIFACT = "oakum-build";
const REPORT = "images.json";
/** How long GitHub may take to list a run that it accepted; milliseconds. */
const INVISIBLE = 120_000;
const MOST_REMEMBERED = 1000;
/** Milliseconds between two looks at a build. */
const SOONEST = 2_000;
const LATEST = 30_000;

/**
 * Builds by a GitHub Actions workflow of the repository. The workflow is dispatched with the inputs `oakum` (the
 * correlation id, to be repeated in its `run-name`) and `sha`, and leaves an artifact `oakum-build` with `images.json`.
 * A release is built by the push that made the commit, where there is such a run.
 *
 * Asking twice dispatches once: the run is found again by its id. Between the dispatch and its listing only this
 * process remembers it, so a caller that may die there records its intention first, and a second run is only a waste.
 */
export function createWorkflowBuilder({ github, now, log }: WorkflowBuilderOptions): Builder {
  const { workflows } = github;
  const dispatched = new Map<string, number>();

  async function dispatch(request: BuildRequest): Promise<Built> {
    const { repository, workflow, branch, sha } = request;
    const oakum = correlationOf(request);
    const age = now() - (dispatched.get(oakum) ?? Number.NEGATIVE_INFINITY);
    if (age < INVISIBLE) return pending(age);
    try {
      await workflows.dispatch(repository, workflow, branch, { oakum, sha });
    } catch (error) {
      if (!isAppError(error, "INPUT")) throw error;
      return { state: "failed", reason: reason("no-builder", error.message) };
    }
    if (dispatched.size >= MOST_REMEMBERED) dispatched.clear();
    dispatched.set(oakum, now());
    log.info({ repository: `${repository.owner}/${repository.name}`, workflow, sha, oakum }, "workflow dispatched");
    return pending(0);
  }

  return {
    kind: "workflow",

    async build(request) {
      const run = await findRun(github, request);
      if (run === undefined) return dispatch(request);
      if (run.status !== "completed") return pending(now() - run.createdAt);
      if (run.conclusion !== "success") return failed(run);
      const files = await readArtifact(github, request, run);
      if (files === "unreadable") return mismatch(`the artifact ${ARTIFACT} could not be read: ${run.url}`);
      const report = files?.get(REPORT);
      if (report !== undefined) return readReport(report, request.expected, run.url);
      // A push may run the workflow without its reporting anything to us: then it has to be asked to.
      return isOurs(run, request)
        ? mismatch(`there is no ${REPORT} in an artifact ${ARTIFACT}: ${run.url}`)
        : dispatch(request);
    },

    async cancel(request) {
      const run = await findRun(github, request);
      if (run === undefined || run.status === "completed" || !isOurs(run, request)) return;
      await workflows.cancel(request.repository, run.id);
    },
  };
}

/** The newest run that we dispatched for this request; for a release, else the newest of a push. Never of another head. */
async function findRun(
  { workflows }: Pick<GitHub, "workflows">,
  request: BuildRequest,
): Promise<WorkflowRun | undefined> {
  const { repository, workflow, sha, purpose } = request;
  const runs = (await workflows.runs(repository, workflow, sha)).filter(({ head }) => head === sha);
  const ours = runs.find((run) => isOurs(run, request));
  return ours ?? (purpose === "release" ? runs.find(({ event }) => event === "push") : undefined);
}

function isOurs({ event, title }: WorkflowRun, request: BuildRequest): boolean {
  return event === "workflow_dispatch" && title.includes(correlationOf(request));
}

/** The artifact's files: of a repository's making, so an unreadable one is an answer and no error. */
async function readArtifact(
  { workflows }: Pick<GitHub, "workflows">,
  { repository }: BuildRequest,
  run: WorkflowRun,
): Promise<ReadonlyMap<string, Uint8Array> | undefined | "unreadable"> {
  try {
    return await workflows.artifact(repository, run.id, ARTIFACT);
  } catch (error) {
    if (isAppError(error, "INPUT")) return "unreadable";
    throw error;
  }
}

function pending(age: number): Built {
  return { state: "pending", retryAfter: Math.round(pace(age, SOONEST, LATEST) / 1000) };
}

function failed({ conclusion, url }: WorkflowRun): Built {
  return { state: "failed", reason: reason("build-failed", `${conclusion ?? "no conclusion"}: ${url}`) };
}
