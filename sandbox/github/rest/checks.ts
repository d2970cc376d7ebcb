import { appOf, loginOf } from "../access/actor.ts";
import { putCheck, suiteOf } from "../act/check.ts";
import { latestChecks } from "../act/required-checks.ts";
import { mustResolve, resolveCommit } from "../git/revision.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { must, Refusal } from "../refusal.ts";
import type { App } from "../state/access.ts";
import type { CheckRun } from "../state/check.ts";
import type { Json } from "../state/json.ts";
import { viewAnnotation, viewCheck, viewSuite } from "../view/check.ts";

/** What an App may say of a check run, when creating it and later. */
interface Report {
  readonly name?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Json[];
  };
}

function requireApp(call: RepositoryCall<unknown>): App {
  const app = appOf(call.world, call.actor);
  if (app === undefined) throw new Refusal(403, "You must authenticate via a GitHub App.");
  return app;
}

function findCheck({ world, repository }: RepositoryCall<unknown>, id: number): CheckRun {
  const found = world.state.get("check", id);
  return must(found?.repository === repository.id ? found : undefined);
}

/** The check run after a report: fields given replace, annotations are added to those before. */
function applyReport(call: RepositoryCall<unknown>, check: CheckRun, report: Report): CheckRun {
  const { output } = report;
  const conclusion = report.conclusion ?? check.conclusion;
  const completed = report.status === "completed" || report.conclusion !== undefined;
  const status = completed ? "completed" : (report.status ?? check.status);
  if (status === "completed" && conclusion === null) throw new Refusal(422, "Invalid request.\n\nMissing conclusion.");
  return {
    ...check,
    name: report.name ?? check.name,
    externalId: report.external_id ?? check.externalId,
    detailsUrl: report.details_url ?? check.detailsUrl,
    status,
    conclusion: status === "completed" ? conclusion : null,
    startedAt: report.started_at ?? check.startedAt,
    completedAt: status === "completed" ? (report.completed_at ?? check.completedAt ?? call.world.timestamp()) : null,
    title: output?.title ?? check.title,
    summary: output?.summary ?? check.summary,
    text: output?.text ?? check.text,
    annotations: [...check.annotations, ...(output?.annotations ?? [])],
  };
}

export const checks: Operations = {
  ...onRepository("checks/create", ["checks:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const app = requireApp(call);
    const commit = await resolveCommit(world, repository, parameters.head_sha);
    if (commit?.sha !== parameters.head_sha) throw new Refusal(422, `No commit found for SHA: ${parameters.head_sha}`);
    const blank: CheckRun = {
      id: world.state.nextId(),
      repository: repository.id,
      app: app.id,
      suite: (await suiteOf(world, repository, app.id, commit.sha)).id,
      name: parameters.name,
      headSha: commit.sha,
      externalId: "",
      detailsUrl: null,
      status: "queued",
      conclusion: null,
      startedAt: world.timestamp(),
      completedAt: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
    };
    const check = applyReport(call, blank, parameters as Report);
    putCheck(world, repository, check, loginOf(actor));
    return { status: 201, body: viewCheck(world, repository, check) };
  }),

  ...onRepository("checks/get", ["checks:read"], (call) => {
    return { status: 200, body: viewCheck(call.world, call.repository, findCheck(call, call.parameters.check_run_id)) };
  }),

  ...onRepository("checks/update", ["checks:write"], (call) => {
    const { world, repository, parameters, actor } = call;
    const before = findCheck(call, parameters.check_run_id);
    if (before.app !== requireApp(call).id)
      throw new Refusal(
        403,
        `Invalid app_id \`${before.app}\` - check run can only be modified by the GitHub App that created it.`,
      );
    const check = applyReport(call, before, parameters as Report);
    putCheck(world, repository, check, loginOf(actor));
    return { status: 200, body: viewCheck(world, repository, check) };
  }),

  ...onRepository("checks/list-annotations", ["checks:read"], (call) => {
    const check = findCheck(call, call.parameters.check_run_id);
    return page(check.annotations, call.parameters, (one) => viewAnnotation(call.world, call.repository, check, one));
  }),

  ...onRepository("checks/list-for-ref", ["checks:read"], async ({ world, repository, parameters }) => {
    const { ref, check_name: name, status, filter = "latest", app_id: app } = parameters;
    const { sha } = await mustResolve(world, repository, ref);
    const every = world.state.all("check", (one) => one.repository === repository.id && one.headSha === sha);
    const found = (filter === "latest" ? latestChecks(world, repository, sha) : every).filter(
      (one) =>
        (name === undefined || one.name === name) &&
        (status === undefined || one.status === status) &&
        (app === undefined || one.app === app),
    );
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, check_runs: shown });
    return page(found.toReversed(), parameters, (one) => viewCheck(world, repository, one), wrap);
  }),

  ...onRepository("checks/list-suites-for-ref", ["checks:read"], async ({ world, repository, parameters }) => {
    const { sha } = await mustResolve(world, repository, parameters.ref);
    const { app_id: app } = parameters;
    const found = world.state.all(
      "suite",
      (one) => one.repository === repository.id && one.headSha === sha && (app === undefined || one.app === app),
    );
    const wrap = (shown: readonly unknown[], total: number) => ({ total_count: total, check_suites: shown });
    return page(found, parameters, (one) => viewSuite(world, repository, one), wrap);
  }),
};
