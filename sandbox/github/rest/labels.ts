import { loginOf } from "../access/actor.ts";
import { emitPull } from "../act/pull.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import { invalid, must, Refusal } from "../refusal.ts";
import type { Issue, Label, PullRequest } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import { findLabel, viewLabel } from "../view/issue.ts";
import type { World } from "../world.ts";
import { findIssue } from "./find-issue.ts";

const issueOrPull = ["issues:write", "pull_requests:write"] as const;

function makeLabel(
  world: World,
  repository: Repository,
  name: string,
  color = "ededed",
  description: string | null = null,
): Label {
  return world.state.put("label", { id: world.state.nextId(), repository: repository.id, name, color, description });
}

/** Hangs labels on an issue, making those that the repository has not, as GitHub does; answers with the new ones. */
export function attachLabels(
  world: World,
  repository: Repository,
  issue: Issue,
  names: readonly string[],
): readonly string[] {
  const labels = names.map((name) => (findLabel(world, repository, name) ?? makeLabel(world, repository, name)).name);
  const added = [...new Set(labels)].filter((name) => !issue.labels.includes(name));
  if (added.length > 0)
    world.state.put("issue", { ...issue, labels: [...issue.labels, ...added], updatedAt: world.timestamp() });
  return added;
}

async function emitLabels(
  call: RepositoryCall<unknown>,
  number: number,
  action: string,
  names: readonly string[],
): Promise<void> {
  const { world, repository, actor } = call;
  const issue = findIssue(call, number);
  if (issue.pull === undefined) return;
  for (const name of names) {
    const label = viewLabel(world, repository, name);
    await emitPull(world, repository, issue as PullRequest, action, loginOf(actor), { label });
  }
}

export const labels: Operations = {
  ...onRepository(
    "issues/list-labels-for-repo",
    ["issues:read", "pull_requests:read"],
    ({ world, repository, parameters }) => {
      const all = world.state.all("label", (one) => one.repository === repository.id);
      return page(all, parameters, (label) => viewLabel(world, repository, label.name));
    },
  ),

  ...onRepository("issues/get-label", ["issues:read", "pull_requests:read"], ({ world, repository, parameters }) => {
    const label = must(findLabel(world, repository, parameters.name));
    return { status: 200, body: viewLabel(world, repository, label.name) };
  }),

  ...onRepository("issues/create-label", issueOrPull, ({ world, repository, parameters }) => {
    const { name, color, description = null } = parameters;
    if (findLabel(world, repository, name)) throw invalid("Label", { field: "name", code: "already_exists" });
    makeLabel(world, repository, name, color, description);
    return { status: 201, body: viewLabel(world, repository, name) };
  }),

  ...onRepository("issues/add-labels", issueOrPull, async (call) => {
    const { world, repository, parameters } = call;
    const asked = (parameters.labels ?? parameters.body ?? []) as readonly (string | { name: string })[];
    const names = asked.map((label) => (typeof label === "string" ? label : label.name));
    const issue = findIssue(call, parameters.issue_number);
    await emitLabels(call, issue.number, "labeled", attachLabels(world, repository, issue, names));
    const all = findIssue(call, issue.number).labels;
    return { status: 200, body: all.map((name) => viewLabel(world, repository, name)) };
  }),

  ...onRepository("issues/remove-label", issueOrPull, async (call) => {
    const { world, repository, parameters } = call;
    const issue = findIssue(call, parameters.issue_number);
    const gone = issue.labels.find((name) => name.toLowerCase() === parameters.name.toLowerCase());
    if (gone === undefined) throw new Refusal(404, "Label does not exist");
    const kept = issue.labels.filter((name) => name !== gone);
    world.state.put("issue", { ...issue, labels: kept, updatedAt: world.timestamp() });
    await emitLabels(call, issue.number, "unlabeled", [gone]);
    return { status: 200, body: kept.map((name) => viewLabel(world, repository, name)) };
  }),
};
