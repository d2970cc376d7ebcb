import { covers } from "../access/actor.ts";
import { grants } from "../access/permission.ts";
import type { CheckRun, CheckSuite } from "../state/check.ts";
import type { Repository } from "../state/repository.ts";
import { viewCheck, viewHeadCommit, viewSuite } from "../view/check.ts";
import { mustReadCommit } from "../view/commit.ts";
import { actionsApp, type World } from "../world.ts";
import { emit } from "./emit.ts";

/** Opens a check suite on a pushed commit for each installed App that may write checks, as GitHub does of itself. */
export async function requestSuites(
  world: World,
  repository: Repository,
  branch: string,
  sha: string,
  sender: string,
): Promise<void> {
  const installed = new Set(world.state.all("installation", (one) => covers(one, repository)).map((one) => one.app));
  for (const app of installed) {
    const known = world.state.get("app", app);
    if (known === undefined || !grants(known.permissions, "checks", "write")) continue;
    const suite = await suiteOf(world, repository, app, sha, branch);
    emit(world, {
      event: "check_suite",
      action: "requested",
      repository,
      sender,
      only: app,
      payload: { check_suite: viewSuite(world, repository, suite) },
    });
  }
}

/** An App's check suite on a commit: the one there is, or a new one. */
export async function suiteOf(
  world: World,
  repository: Repository,
  app: number,
  sha: string,
  branch?: string,
): Promise<CheckSuite> {
  const known = world.state.find(
    "suite",
    (one) => one.repository === repository.id && one.app === app && one.headSha === sha,
  );
  return known ?? newSuite(world, repository, app, sha, branch);
}

/** A further check suite: GitHub's own CI has one for each workflow run. */
export async function newSuite(
  world: World,
  repository: Repository,
  app: number,
  sha: string,
  branch?: string,
): Promise<CheckSuite> {
  const head = world.state.find(
    "ref",
    (ref) => ref.repository === repository.id && ref.sha === sha && ref.name.startsWith("refs/heads/"),
  );
  return world.state.put("suite", {
    id: world.state.nextId(),
    repository: repository.id,
    app,
    headSha: sha,
    headBranch: branch ?? head?.name.slice("refs/heads/".length) ?? null,
    headCommit: viewHeadCommit(await mustReadCommit(world, repository, sha)),
    createdAt: world.timestamp(),
  });
}

/** Writes a check run and tells of it: `created`, `completed`, and the suite's completion with its last run. */
export function putCheck(world: World, repository: Repository, check: CheckRun, sender: string): void {
  const before = world.state.get("check", check.id);
  world.state.put("check", check);
  const rerequested = world.state.get("suite", check.suite);
  if (rerequested?.rerequested) world.state.put("suite", { ...rerequested, rerequested: false });
  const tell = (action: string) =>
    emit(world, {
      event: "check_run",
      action,
      repository,
      sender,
      payload: { check_run: viewCheck(world, repository, check) },
    });
  if (before === undefined) tell("created");
  if (check.status !== "completed" || before?.status === "completed") return;
  tell("completed");
  const suite = world.state.get("suite", check.suite);
  // The suites of workflow runs complete with their run.
  if (suite !== undefined && suite.app !== actionsApp.id) completeSuite(world, repository, suite, sender);
}

/** A person's wish to have a check run again: its suite is queued anew, the run itself stays, and its App hears of it. */
export function rerequestCheck(world: World, repository: Repository, check: CheckRun, sender: string): void {
  const suite = world.state.get("suite", check.suite);
  if (suite !== undefined) world.state.put("suite", { ...suite, rerequested: true });
  const payload = { check_run: viewCheck(world, repository, check) };
  emit(world, { event: "check_run", action: "rerequested", repository, sender, only: check.app, payload });
}

/** Tells of a suite whose runs are all completed; says nothing while one is not. */
export function completeSuite(world: World, repository: Repository, suite: CheckSuite, sender: string): void {
  if (world.state.find("check", (one) => one.suite === suite.id && one.status !== "completed")) return;
  emit(world, {
    event: "check_suite",
    action: "completed",
    repository,
    sender,
    payload: { check_suite: viewSuite(world, repository, suite) },
  });
}
