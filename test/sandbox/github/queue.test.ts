import { afterEach, beforeEach, expect, test } from "vitest";
import { appId, refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start();
});
afterEach(async () => {
  expect(await world.order("GET", "violations")).toEqual([]);
  await world.stop();
});

const place = { owner: "acme", name: "shop" };
const push = (branch: string, files: Record<string, string | null>) =>
  world.order<{ sha: string }>("POST", "commits", { ...place, branch, message: `change ${branch}`, files });

/** Requires the App's check, by way of a queue. */
const queue = (more: object = {}) => {
  const parameters = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
    ...more,
  };
  const requiredChecks = [{ context: "oakum", app: appId }];
  return world.order("POST", "rulesets", { ...place, rules: [{ type: "merge_queue", parameters }], requiredChecks });
};
const answer = (head_sha: string, conclusion: "success" | "failure" = "success") =>
  world.octokit().rest.checks.create({ ...shop, name: "oakum", head_sha, conclusion });
const pull = async (number: number) => (await world.octokit().rest.pulls.get({ ...shop, pull_number: number })).data;

/** A pull request of `branch` whose check is green. */
async function open(branch: string, files: Record<string, string> = { [branch]: "1" }) {
  const { sha } = await push(branch, files);
  const { data } = await world.octokit().rest.pulls.create({ ...shop, title: branch, head: branch, base: "main" });
  await answer(sha);
  return { number: data.number, id: data.node_id, sha };
}

const enqueue = (id: string, head: string) =>
  world.octokit().graphql(
    `mutation ($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) {
      mergeQueueEntry { position state } } }`,
    { input: { pullRequestId: id, expectedHeadOid: head } },
  );
const standing = async (number: number) => {
  const query = `query ($number: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $number) {
    isInMergeQueue mergeQueueEntry { position }
    timelineItems(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
      nodes { ... on RemovedFromMergeQueueEvent { reason } } } } } }`;
  const answer = await world
    .octokit()
    .graphql<{ repository: { pullRequest: Record<string, unknown> } }>(query, { number });
  return answer.repository.pullRequest;
};
/** Groups that are tested, by their branch. */
const groups = async () => {
  const { data } = await world.octokit().rest.git.listMatchingRefs({ ...shop, ref: "heads/gh-readonly-queue/" });
  return data.map(({ ref, object }) => ({ branch: ref.slice("refs/heads/".length), sha: object.sha }));
};

test("merges through the queue only, by exactly the expected head, once the group is green", async () => {
  await queue();
  const { number, id, sha } = await open("a");
  const direct = await refused(world.octokit().rest.pulls.merge({ ...shop, pull_number: number, sha }));
  expect(direct).toMatchObject({ status: 405, message: expect.stringContaining("through the merge queue") });
  await expect(enqueue(id, "6".repeat(40))).rejects.toThrow("expected oid");
  await enqueue(id, sha);
  await expect(enqueue(id, sha)).rejects.toThrow("already in the queue");
  const [group] = await groups();
  const base = (await world.octokit().rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
  expect(group?.branch).toBe(`gh-readonly-queue/main/pr-${number}-${base}`);
  expect(await standing(number)).toMatchObject({ isInMergeQueue: true, mergeQueueEntry: { position: 1 } });
  const seized = refused(
    world.octokit().rest.git.updateRef({ ...shop, ref: `heads/${group?.branch}`, sha, force: true }),
  );
  expect(await seized).toMatchObject({ status: 422 });

  await answer(group?.sha ?? "");
  expect(await pull(number)).toMatchObject({ merged: true, merge_commit_sha: group?.sha });
  expect(await groups()).toEqual([]);
  expect((await world.webhooks("merge_group")).map(({ action, reason }) => [action, reason])).toEqual([
    ["checks_requested", undefined],
    ["destroyed", "merged"],
  ]);
  const told = (await world.webhooks("pull_request")).map(({ action, reason }) => [action, reason].join(" ").trim());
  expect(told).toEqual(["opened", "enqueued", "dequeued MERGE", "closed"]);
});

test("takes out what fails, and tests what came after it without it", async () => {
  await queue();
  const [a, b] = [await open("a"), await open("b")];
  for (const { id, sha } of [a, b]) await enqueue(id, sha);
  const [first, second] = await groups();
  expect(second?.branch).toContain(`pr-${b.number}-${first?.sha}`);
  await answer(second?.sha ?? "");
  expect(await pull(b.number)).toMatchObject({ merged: false });
  await answer(first?.sha ?? "", "failure");
  expect(await standing(a.number)).toMatchObject({
    isInMergeQueue: false,
    timelineItems: { nodes: [{ reason: "CI_FAILURE" }] },
  });
  const [anew] = await groups();
  expect(anew?.sha).not.toBe(second?.sha);
  await answer(anew?.sha ?? "");
  expect(await pull(b.number)).toMatchObject({ merged: true, merge_commit_sha: anew?.sha });
  expect(await pull(a.number)).toMatchObject({ state: "open" });
});

test("with HEADGREEN one group speaks for all before it", async () => {
  await queue({ grouping_strategy: "HEADGREEN", merge_method: "SQUASH" });
  const [a, b] = [await open("a"), await open("b")];
  for (const { id, sha } of [a, b]) await enqueue(id, sha);
  await answer((await groups())[1]?.sha ?? "");
  expect(await pull(a.number)).toMatchObject({ merged: true });
  expect(await pull(b.number)).toMatchObject({ merged: true });
});

test("lets nothing in that may not merge, and lets go what moves, is closed, conflicts, waits too long or is taken out", async () => {
  await queue();
  await push("red", { red: "1" });
  const { data: red } = await world.octokit().rest.pulls.create({ ...shop, title: "red", head: "red", base: "main" });
  await expect(enqueue(red.node_id, red.head.sha)).rejects.toThrow('"oakum" is expected');
  const opened = { moved: await open("moved"), closed: await open("closed"), manual: await open("manual") };
  for (const { id, sha } of Object.values(opened)) await enqueue(id, sha);
  await push("moved", { moved: "2" });
  await world.order("POST", "pulls/close", { ...place, number: opened.closed.number, login: "octocat" });
  const mutation = "mutation ($id: ID!) { dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { position } } }";
  await world.octokit().graphql(mutation, { id: opened.manual.id });
  const conflict = await open("conflict", { Dockerfile: "FROM a\n" });
  const slow = await open("slow");
  await push("main", { Dockerfile: "FROM b\n" });
  await enqueue(conflict.id, conflict.sha);
  await enqueue(slow.id, slow.sha);
  await world.order("POST", "clock", { advance: 3700 });
  await push("main", { later: "1" });
  await world.order("POST", "clock", { advance: 3700 });
  await push("elsewhere", { x: "1" });
  const left = (await world.webhooks("pull_request")).filter(({ action }) => action === "dequeued");
  expect(left.map(({ number, reason }) => [number, reason])).toEqual([
    [opened.moved.number, "UNKNOWN_REMOVAL_REASON"],
    [opened.closed.number, "MANUAL"],
    [opened.manual.number, "MANUAL"],
    [conflict.number, "MERGE_CONFLICT"],
    [slow.number, "CI_TIMEOUT"],
  ]);
});
