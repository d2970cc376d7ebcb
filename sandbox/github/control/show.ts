import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** Workflow runs for a CI runner, oldest first: where to clone from, and what to do. */
export function showJobs(world: World, status: string): readonly Json[] {
  return world.state
    .all("run", (run) => run.status === status)
    .flatMap((run) => {
      const repository = world.state.get("repository", run.repository);
      if (repository === undefined) return [];
      const workflow = world.state.get("workflow", run.workflow);
      return [
        {
          id: run.id,
          owner: repository.owner,
          name: repository.name,
          repository: repository.id,
          path: world.git.path(repository.id),
          workflow: workflow?.path ?? "",
          event: run.event,
          branch: run.branch,
          headSha: run.headSha,
          title: run.title,
          inputs: run.inputs,
          status: run.status,
        },
      ];
    });
}

/** Everything a test asserts on, in the fake's own words and without times. */
export function showState(world: World): Json {
  const { state } = world;
  return {
    repositories: state.all("repository").map((repository) => showRepository(world, repository)),
    installations: state
      .all("installation")
      .map(({ id, app, account, repositories }) => ({ id, app, account, repositories })),
    deliveries: state.all("delivery").map(({ id, guid, app, event, action, repository, redelivery, answer }) => {
      return { id, guid, app, event, action, repository, redelivery, code: answer?.code ?? null };
    }),
    violations: world.violations.all.length,
  };
}

function showRepository(world: World, repository: Repository): Json {
  const { state } = world;
  const { id, owner, name } = repository;
  const mine = <T extends { readonly repository: number }>(record: T) => record.repository === id;
  return {
    id,
    owner,
    name,
    private: repository.private,
    path: world.git.path(id),
    refs: Object.fromEntries(state.all("ref", mine).map((ref) => [ref.name, ref.sha])),
    pulls: state
      .all("issue", mine)
      .flatMap(({ pull, ...issue }) =>
        pull === undefined ? [] : [{ ...pull, ...issue, ...showTalk(world, id, issue.number) }],
      ),
    issues: state.all("issue", mine).filter((issue) => issue.pull === undefined),
    checks: state
      .all("check", mine)
      .map((check) => ({ ...check, app: state.get("app", check.app)?.slug ?? check.app })),
    statuses: state.all("status", mine),
    deployments: state.all("deployment", mine).map((deployment) => ({
      ...deployment,
      statuses: state.all("deploymentStatus", (status) => status.deployment === deployment.id),
    })),
    runs: state.all("run", mine).map((run) => ({
      ...run,
      workflow: state.get("workflow", run.workflow)?.path ?? "",
      artifacts: state.all("artifact", (artifact) => artifact.run === run.id).map((artifact) => artifact.name),
    })),
  };
}

function showTalk(world: World, repository: number, number: number): Json {
  const here = (record: { readonly repository: number; readonly issue: number }) =>
    record.repository === repository && record.issue === number;
  return {
    comments: world.state.all("comment", here).map(({ id, author, body }) => ({
      ...{ author, body },
      reactions: world.state
        .all("reaction", (one) => one.comment === id)
        .map(({ login, content }) => `${login} ${content}`),
    })),
    reviews: world.state.all("review", here).map(({ author, state, commit }) => ({ author, state, commit })),
  };
}
