import { expect, test } from "vitest";
import type { Job } from "../../src/core/job.ts";
import { BACKLOG, EVENT, PERSON } from "../../src/core/write/priority.ts";
import { causeOf, jobsFor, priorityOf, type WebhookContext } from "../../src/server/webhooks.ts";

const id = { host: "github.com", installation: 7, repository: 11 };
const target = { repository: id, environment: "staging", name: "app" };
const head = "a".repeat(40);
const context: WebhookContext = {
  host: "github.com",
  app: 99,
  accepts: ({ login }) => login === "acme",
  maintains: (branch) => branch.startsWith("release/"),
  targets: (_, environment) => (environment === "staging" ? [target, target] : []),
};

function payload(fields: object, owner = "acme"): object {
  const repository = { id: 11, default_branch: "main", owner: { id: 1, login: owner } };
  return { installation: { id: 7 }, repository, ...fields };
}

const branch = "oakum/main/node-1a2b";
const repo = { kind: "repo", repository: id };
const pull = { kind: "pull", repository: id, branch };
const release = { kind: "release", repository: id, merge: head };
const sweep = { kind: "sweep" };
const queued = `gh-readonly-queue/main/pr-7-${"c".repeat(40)}`;
const group = { kind: "group", repository: id, branch: queued };
const answer = { kind: "answer", repository: id, number: 7 };
const outside = { ...answer, outside: true };
const groupOf = (action: string, head_ref: string) => ({ action, merge_group: { head_ref } });
const line = { kind: "repo", repository: { ...id, base: "release/1.x" } };
const headOf = (ref: string, repository: number | null, base = "main") => ({
  action: "opened",
  pull_request: {
    number: 7,
    head: { ref, repo: repository === null ? null : { id: repository } },
    base: { ref: base },
  },
});
const checkRun = (action: string, head_branch: string | null, app = 5) => ({
  action,
  check_run: { head_sha: head, app: { id: app }, check_suite: { head_branch } },
});
const workflowRun = (action: string, head_branch: string, repository = 11) => ({
  action,
  workflow_run: { head_branch, head_sha: head, head_repository: { id: repository } },
});
const conversation = { kind: "conversation", repository: id, number: 4 };
const comment = (action: string, body: string) => ({
  action,
  issue: { number: 4, pull_request: { url: "https://api.github.com/repos/acme/app/pulls/4" } },
  comment: { body },
});
const account = (login: string, action = "created") => ({ action, installation: { id: 7, account: { id: 1, login } } });

test.each([
  ["push", "to the default branch", { ref: "refs/heads/main" }, [repo]],
  ["custom_property_values", "of a repository", { action: "updated", new_property_values: [] }, [repo]],
  ["push", "to our branch", { ref: `refs/heads/${branch}` }, [pull]],
  ["push", "to another branch", { ref: "refs/heads/feature" }, []],
  ["push", "to a branch that policy names", { ref: "refs/heads/release/1.x" }, [line]],
  ["push", "of a tag named as ours", { ref: `refs/tags/${branch}` }, []],
  ["push", "of a tag named as the default branch", { ref: "refs/tags/main" }, []],
  ["pull_request", "of ours", headOf(branch, 11), [pull]],
  ["pull_request", "of somebody else", headOf("feature", 11), [answer]],
  ["pull_request", "of somebody else, closed", { ...headOf("feature", 11), action: "closed" }, [repo]],
  [
    ...(["pull_request", "of somebody else into a branch that policy names, closed"] as const),
    { ...headOf("feature", 11, "release/1.x"), action: "closed" },
    [line],
  ],
  ["pull_request", "of a fork, closed", { ...headOf(branch, 12), action: "closed" }, [repo]],
  ["pull_request", "of ours, closed", { ...headOf(branch, 11), action: "closed" }, [pull]],
  ["pull_request", "of a fork that took our branch's name", headOf(branch, 12), [outside]],
  ["pull_request", "of a fork that is gone", headOf(branch, null), [outside]],
  ["pull_request", "of somebody else, without a new head", { ...headOf("feature", 11), action: "labeled" }, []],
  ["merge_group", "to be checked", groupOf("checks_requested", `refs/heads/${queued}`), [group]],
  ["merge_group", "that is over", groupOf("destroyed", `refs/heads/${queued}`), []],
  ["merge_group", "of a branch that is no queue's", groupOf("checks_requested", "refs/heads/feature"), []],
  ["push", "of a merge queue", { ref: `refs/heads/${queued}` }, [group]],
  ["issue_comment", "that speaks to us", comment("created", "/oakum rebase"), [conversation]],
  ["issue_comment", "that was changed", comment("edited", "/oakum rebase"), []],
  ["issue_comment", "that was deleted", comment("deleted", "/oakum rebase"), []],
  ["issue_comment", "that speaks to somebody else", comment("created", "Looks good"), []],
  ["issue_comment", "on an issue", { ...comment("created", "/oakum rebase"), issue: { number: 4 } }, []],
  ["pull_request_review", "of ours", headOf(branch, 11), [pull]],
  ["check_run", "completed on our branch", checkRun("completed", branch), [pull]],
  ["check_run", "completed on the default branch", checkRun("completed", "main"), [release]],
  ["check_run", "created", checkRun("created", branch), []],
  ["check_run", "that we completed", checkRun("completed", branch, 99), []],
  ["check_run", "of ours that a person runs again", checkRun("rerequested", branch, 99), [pull]],
  ["check_run", "on a fork", checkRun("completed", null), []],
  ["check_suite", "completed", { action: "completed", check_suite: { head_branch: branch, head_sha: head } }, [pull]],
  ["check_suite", "requested", { action: "requested", check_suite: { head_branch: branch, head_sha: head } }, []],
  ["status", "of our branch's head", { sha: head, branches: [{ name: "main" }, { name: branch }] }, [pull]],
  ["status", "of a commit that no branch has", { sha: head, branches: [] }, []],
  ["workflow_run", "completed on our branch", workflowRun("completed", branch), [pull]],
  ["workflow_run", "completed on the default branch", workflowRun("completed", "main"), [release]],
  ["workflow_run", "of a fork", workflowRun("completed", "main", 12), []],
  ["workflow_run", "requested", workflowRun("requested", branch), []],
  [
    "deployment_status",
    "of an environment with targets",
    { deployment: { environment: "staging" } },
    [{ kind: "target", target }],
  ],
  ["deployment_status", "of another environment", { deployment: { environment: "test" } }, []],
  ["repository", "renamed", { action: "renamed" }, [repo]],
  ["repository", "archived", { action: "archived" }, [repo]],
  ["repository", "created", { action: "created" }, [sweep]],
  ["repository", "deleted", { action: "deleted" }, [sweep]],
  ["repository", "transferred", { action: "transferred" }, [sweep]],
  ["repository", "unarchived", { action: "unarchived" }, [sweep]],
  ["installation", "of a listed account", account("acme"), [sweep]],
  ["installation", "deleted", account("acme", "deleted"), [sweep]],
  ["installation", "suspended", account("acme", "suspend"), [sweep]],
  ["installation", "of a foreign account", account("evil"), []],
  ["installation_repositories", "added", account("acme"), [sweep]],
  ["star", "created", {}, []],
  ["constructor", "from a prototype", {}, []],
])("%s %s", (event, _, fields, jobs) => {
  expect(jobsFor(event, payload(fields), context)).toEqual(jobs);
});

test("an account that the operator did not list gets nothing", () => {
  expect(jobsFor("push", payload({ ref: "refs/heads/main" }, "evil"), context)).toEqual([]);
});

test.each([
  ["nothing", undefined],
  ["no installation", { ...payload({ ref: "refs/heads/main" }), installation: undefined }],
  ["a number for a ref", payload({ ref: 1 })],
])("a push with %s is malformed", (_, broken) => {
  expect(() => jobsFor("push", broken, context)).toThrow(expect.objectContaining({ code: "INPUT" }));
});

test.each([
  ["push", { ref: "refs/heads/main", after: head }, head],
  ["push", { ref: "refs/heads/main" }, "push"],
  ["push", { after: "<script>" }, "push"],
  ["repository", { action: "renamed", after: head }, "repository renamed"],
])("%s %o is doubt by its commit or its words", (event, fields, cause) => {
  expect(causeOf(event, payload(fields))).toBe(cause);
});

test.each([
  ["a person's push", { ref: "refs/heads/main" }, "User", [PERSON]],
  ["an App's push", { ref: "refs/heads/main" }, "Bot", [EVENT]],
  ["a person's pull", headOf("feature", 11), "User", [PERSON]],
  ["a pull of a fork", headOf("feature", 12), "User", [BACKLOG]],
  ["a pull of a fork that is gone", headOf("feature", null), "User", [BACKLOG]],
  ["a pull of a fork, closed", { ...headOf("feature", 12), action: "closed" }, "User", [EVENT]],
])("%s is as urgent as who waits for what comes of it", (_, fields, type, expected) => {
  const all = payload({ ...fields, sender: { type } });
  const jobs = jobsFor("ref" in fields ? "push" : "pull_request", all, context);
  expect(jobs.map((job: Job) => priorityOf(job, all))).toEqual(expected);
});
