import type { Commit, Person } from "../git/commit.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "../state/check.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { viewUser } from "./account.ts";
import { apiOf, nodeId, pageOf } from "./address.ts";
import { viewApp } from "./app.ts";
import { viewPullsOf } from "./pull.ts";
import { viewRepository } from "./repository.ts";

/** GitHub's `check-run`. */
export function viewCheck(world: World, repository: Repository, check: CheckRun): Json {
  const url = `${apiOf(world, repository)}/check-runs/${check.id}`;
  const html = `${pageOf(world, repository)}/runs/${check.id}`;
  const app = world.state.get("app", check.app);
  const suite = world.state.get("suite", check.suite);
  return {
    id: check.id,
    node_id: nodeId("CheckRun", check.id),
    name: check.name,
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: suite === undefined ? null : viewSuite(world, repository, suite),
    app: app === undefined ? null : viewApp(world, app),
    pull_requests: viewPullsOf(world, repository, check.headSha),
  };
}

/** GitHub's `check-annotation`. */
export function viewAnnotation(world: World, repository: Repository, check: CheckRun, annotation: Json): Json {
  return {
    start_column: null,
    end_column: null,
    title: null,
    raw_details: null,
    ...annotation,
    blob_href: `${pageOf(world, repository)}/blob/${check.headSha}/${annotation.path}`,
  };
}

/** GitHub's `check-suite`, with the status and conclusion its runs add up to. */
export function viewSuite(world: World, repository: Repository, suite: CheckSuite): Json {
  const checks = world.state.all("check", (one) => one.suite === suite.id);
  const app = world.state.get("app", suite.app);
  const url = `${apiOf(world, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...(suite.rerequested ? { status: "queued", conclusion: null } : rollUp(checks)),
    url,
    before: null,
    after: suite.headSha,
    pull_requests: viewPullsOf(world, repository, suite.headSha),
    app: app === undefined ? null : viewApp(world, app),
    repository: viewRepository(world, repository),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    head_commit: suite.headCommit,
    latest_check_runs_count: checks.length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

function rollUp(checks: readonly CheckRun[]): { status: string; conclusion: string | null } {
  if (checks.length === 0) return { status: "queued", conclusion: null };
  if (checks.some((check) => check.status !== "completed")) {
    return {
      status: checks.some((check) => check.status === "in_progress") ? "in_progress" : "queued",
      conclusion: null,
    };
  }
  const bad = checks.find((check) => !["success", "neutral", "skipped"].includes(check.conclusion ?? ""));
  return { status: "completed", conclusion: bad?.conclusion ?? "success" };
}

/** GitHub's `simple-commit`. */
export function viewHeadCommit(commit: Commit): Json {
  const person = ({ name, email }: Person) => ({ name, email });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** GitHub's `status`. */
export function viewStatus(world: World, repository: Repository, status: CommitStatus): Json {
  return {
    url: `${apiOf(world, repository)}/statuses/${status.sha}`,
    avatar_url: String(viewUser(world, status.creator).avatar_url),
    id: status.id,
    node_id: nodeId("StatusContext", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: viewUser(world, status.creator),
  };
}
