import nock from "nock";
import { describe, expect, test } from "vitest";
import type { GitHub } from "../../../src/github/github.ts";
import { createTokens, type Scope } from "../../../src/github/octokit/tokens.ts";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

const MINUTE = 60_000;
const scope: Scope = { installation: 1, repository: 2, permissions: { contents: "read", metadata: "read" } };

function counted(failures = 0) {
  const requests: Scope[] = [];
  const clock = { now: 0 };
  const tokens = createTokens(
    async (asked) => {
      requests.push(asked);
      if (requests.length <= failures) throw new Error("no");
      return { token: `t${requests.length}`, expires: clock.now + 60 * MINUTE };
    },
    () => clock.now,
  );
  return { tokens, requests, clock };
}

describe("tokens", () => {
  test("are kept until five minutes before they expire", async () => {
    const { tokens, clock } = counted();
    expect(await tokens.get(scope)).toBe("t1");
    clock.now = 55 * MINUTE - 1;
    expect(await tokens.get(scope)).toBe("t1");
    clock.now = 55 * MINUTE;
    expect(await tokens.get(scope)).toBe("t2");
  });

  test("are asked for once, however many wait", async () => {
    const { tokens, requests } = counted();
    expect(await Promise.all([1, 2, 3].map(() => tokens.get(scope)))).toEqual(["t1", "t1", "t1"]);
    expect(requests).toEqual([scope]);
  });

  test.each<[string, Scope]>([
    ["another repository", { ...scope, repository: 3 }],
    ["another installation", { ...scope, installation: 3 }],
    ["another permission", { ...scope, permissions: { contents: "write", metadata: "read" } }],
    ["a whole installation", { installation: 1, permissions: scope.permissions }],
  ])("of %s are others", async (_, other) => {
    const { tokens } = counted();
    expect([await tokens.get(scope), await tokens.get(other)]).toEqual(["t1", "t2"]);
  });

  test("are the same whatever the order of their permissions", async () => {
    const { tokens } = counted();
    await tokens.get(scope);
    expect(await tokens.get({ ...scope, permissions: { metadata: "read", contents: "read" } })).toBe("t1");
  });

  test("that GitHub refused are replaced, once for all who held them", async () => {
    const { tokens } = counted();
    const held = await tokens.get(scope);
    expect(await Promise.all([tokens.get(scope, held), tokens.get(scope, held)])).toEqual(["t2", "t2"]);
  });

  test("are asked for again after a failure", async () => {
    const { tokens } = counted(1);
    await expect(tokens.get(scope)).rejects.toThrow("no");
    expect(await tokens.get(scope)).toBe("t2");
  });
});

describe("each kind of work has a token for it alone:", () => {
  useNock();
  const any = /./;
  const work: readonly [string, Record<string, string>, (github: GitHub) => Promise<unknown>][] = [
    ["reading a head", { contents: "read" }, ({ trees }) => trees.head(web, "main")],
    ["reading a tree", { contents: "read" }, ({ trees }) => trees.tree(web, SHA)],
    ["reading a blob", { contents: "read" }, ({ trees }) => trees.blob(web, SHA)],
    ["finding branches", { contents: "read" }, ({ branches }) => branches.matching(web, "oakum/")],
    ["reading how a branch may merge", { contents: "write" }, ({ branches }) => branches.rules(web, "main")],
    ["reading what keeps a push out", { contents: "read" }, ({ branches }) => branches.pushRules(web, "oakum/x")],
    ["comparing", { contents: "read" }, ({ branches }) => branches.compare(web, SHA, SHA)],
    ["committing", { contents: "write" }, ({ branches }) => branches.commit(web, SHA, [], "m")],
    ["moving a branch", { contents: "write" }, ({ branches }) => branches.move(web, "b", undefined, SHA)],
    ["listing pulls", { pull_requests: "read" }, ({ pulls }) => pulls.list(web, "b", "open")],
    ["updating a pull", { pull_requests: "write" }, ({ pulls }) => pulls.update(web, 1, { title: "t" })],
    ["labelling a pull", { pull_requests: "write" }, ({ pulls }) => pulls.label(web, 1, ["l"])],
    ["reading reviews", { pull_requests: "read" }, ({ pulls }) => pulls.reviews(web, 1)],
    [
      "merging",
      { contents: "write", pull_requests: "write" },
      ({ pulls }) => pulls.merge(web, 1, { head: SHA, title: "t", method: "merge" }),
    ],
    ["asking how a pull stands", { pull_requests: "read" }, ({ pulls }) => pulls.standing(web, 1, { queue: false })],
    [
      "asking where it is in the queue",
      { pull_requests: "read", merge_queues: "read" },
      ({ pulls }) => pulls.standing(web, 1, { queue: true }),
    ],
    [
      "queueing",
      { contents: "write", pull_requests: "write", merge_queues: "read" },
      ({ pulls }) => pulls.enqueue(web, 1, SHA),
    ],
    ["dispatching", { actions: "write" }, ({ workflows }) => workflows.dispatch(web, "w.yml", "b", {})],
    ["finding runs", { actions: "read" }, ({ workflows }) => workflows.runs(web, "w.yml", SHA)],
    ["cancelling a run", { actions: "write" }, ({ workflows }) => workflows.cancel(web, 1)],
    ["reading deployments", { deployments: "read" }, ({ deployments }) => deployments.list(web, "production")],
    [
      "reporting a deployment",
      { deployments: "write" },
      ({ deployments }) => deployments.setStatus(web, 1, { state: "success", description: "" }),
    ],
    ["finding a repository", {}, ({ installations }) => installations.repository(web)],
  ];

  test.each(work)("%s", async (_, permissions, act) => {
    const { asked } = mockApp();
    for (const method of ["get", "post", "put", "patch"] as const) nock(API).persist()[method](any).reply(400, {});
    await act(mockedGitHub()).catch(() => undefined);
    nock.cleanAll();
    expect(asked).toEqual([{ repository_ids: [42], permissions: { metadata: "read", ...permissions } }]);
  });

  test("a permission that the installation lacks is DENIED, by its name", async () => {
    const message = "The permissions requested are not granted to this installation.";
    nock(API).post("/app/installations/11/access_tokens").reply(422, { message });
    const cancelled = mockedGitHub().workflows.cancel(web, 1);
    await expect(cancelled).rejects.toMatchObject({
      code: "DENIED",
      message: expect.stringContaining("actions=write"),
    });
  });
});
