import type { Logger } from "pino";
import { isAppError } from "../core/errors.ts";
import type { Outcome } from "../core/outcome.ts";
import { reason } from "../core/reason.ts";
import type { GitHub } from "../github/github.ts";
import type { WorkflowRun } from "../github/workflows.ts";
import { type Builder, type BuildRequest, type BuiltImage, stillBuilding } from "./builder.ts";
import { correlationOf } from "./workflow/correlation.ts";
import { mismatch, readReport } from "./workflow/report.ts";

export interface WorkflowBuilderOptions {
  readonly github: Pick<GitHub, "trees" | "workflows">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

type Built = Outcome<readonly BuiltImage[]>;

const ARTIFACT = "oakum-build";
const REPORT = "images.json";
/** Conclusions of a run that nobody let build: a newer push cancelled it, or a condition left it out. */
const NOT_RUN: ReadonlySet<string | undefined> = new Set(["cancelled", "skipped"]);

/**
 * Builds by a GitHub Actions workflow of the repository. The workflow is dispatched with the inputs `oakum` (the
 * correlation id, to be repeated in its `run-name`) and `sha`, and leaves an artifact `oakum-build` with `images.json`.
 * A release is built by the push that made the commit, where there is such a run.
 *
 * A dispatch builds whatever its branch is at that moment. So a commit that its branch has left behind is not built any
 * more, and a run counts only if GitHub itself says that it is of this commit: what a workflow does with `sha` is its own
 * affair.
 */
export function createWorkflowBuilder({ github, now, log }: WorkflowBuilderOptions): Builder {
  const { trees, workflows } = github;
  return {
    kind: "workflow",

    async find(request) {
      const run = await findRun(github, request);
      if (run === undefined) return undefined;
      if (run.status !== "completed") return stillBuilding(now() - run.createdAt);
      if (run.conclusion !== "success") return failed(run);
      const files = await readArtifact(github, request, run);
      if (files === "unreadable") return mismatch(`the artifact ${ARTIFACT} could not be read: ${run.url}`);
      const report = files?.get(REPORT);
      if (report !== undefined) return readReport(report, request.expected, run.url);
      // A push may run the workflow without its reporting anything to us: then it has to be asked to.
      return isOurs(run, request)
        ? mismatch(`there is no ${REPORT} in an artifact ${ARTIFACT}: ${run.url}`)
        : undefined;
    },

    async start(request) {
      const { repository, workflow, branch, sha } = request;
      const head = await trees.head(repository, branch);
      if (head !== sha) return reason("branch-moved", `${branch} is ${head?.slice(0, 7) ?? "gone"}`);
      const oakum = correlationOf(request);
      try {
        await workflows.dispatch(repository, workflow, branch, { oakum, sha });
      } catch (error) {
        if (!isAppError(error, "INPUT")) throw error;
        return reason("no-builder", error.message);
      }
      log.info({ repository: `${repository.owner}/${repository.name}`, workflow, sha, oakum }, "workflow dispatched");
      return undefined;
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
  const pushed = runs.find(({ event, conclusion }) => event === "push" && !NOT_RUN.has(conclusion));
  return ours ?? (purpose === "release" ? pushed : undefined);
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

function failed({ conclusion, url }: WorkflowRun): Built {
  return { state: "failed", reason: reason("build-failed", `${conclusion ?? "no conclusion"}: ${url}`) };
}
