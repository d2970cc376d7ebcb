import { loginOf } from "../access/actor.ts";
import { closePull, newIssue, reopenPull } from "../act/pull.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { page } from "../page.ts";
import type { Issue, PullRequest } from "../state/issue.ts";
import { viewIssue } from "../view/issue.ts";
import { checkBody, findIssue } from "./find-issue.ts";
import { attachLabels } from "./labels.ts";

const issueOrPull = ["issues:write", "pull_requests:write"] as const;

export const issues: Operations = {
  ...onRepository("issues/list-for-repo", ["issues:read"], ({ world, repository, parameters }) => {
    const { state = "open", creator, labels } = parameters;
    const wanted = labels?.split(",") ?? [];
    const found = world.state.all(
      "issue",
      (one) =>
        one.repository === repository.id &&
        (state === "all" || one.state === state) &&
        (creator === undefined || one.author === creator) &&
        wanted.every((label) => one.labels.includes(label)),
    );
    return page(found.toReversed(), parameters, (one) => viewIssue(world, repository, one));
  }),

  ...onRepository("issues/create", ["issues:write"], (call) => {
    const { world, repository, parameters, actor } = call;
    const body = parameters.body ?? null;
    checkBody("Issue", body);
    const issue = world.state.put("issue", newIssue(world, repository, String(parameters.title), body, loginOf(actor)));
    const names = (parameters.labels ?? []).map((label) => (typeof label === "string" ? label : (label.name ?? "")));
    attachLabels(world, repository, issue, names);
    return { status: 201, body: viewIssue(world, repository, findIssue(call, issue.number)) };
  }),

  ...onRepository("issues/get", ["issues:read", "pull_requests:read"], (call) => {
    return { status: 200, body: viewIssue(call.world, call.repository, findIssue(call, call.parameters.issue_number)) };
  }),

  ...onRepository("issues/update", issueOrPull, async (call) => {
    const { world, repository, parameters, actor } = call;
    const before = findIssue(call, parameters.issue_number);
    checkBody("Issue", parameters.body ?? null);
    const { title = before.title, body = before.body, state = before.state } = parameters;
    const by = loginOf(actor);
    const edited = { ...before, title: String(title), body, updatedAt: world.timestamp() };
    world.state.put("issue", edited);
    if (state !== before.state) await changeState(call, edited, state === "closed", by);
    return { status: 200, body: viewIssue(world, repository, findIssue(call, before.number)) };
  }),
};

async function changeState(
  { world, repository }: RepositoryCall<unknown>,
  issue: Issue,
  close: boolean,
  by: string,
): Promise<void> {
  if (issue.pull !== undefined) {
    return (close ? closePull : reopenPull)(world, repository, issue as PullRequest, by);
  }
  const now = world.timestamp();
  world.state.put("issue", {
    ...issue,
    state: close ? "closed" : "open",
    closedAt: close ? now : null,
    closedBy: close ? by : null,
    happenings: [...issue.happenings, { event: close ? "closed" : "reopened", actor: by, at: now }],
  });
}
