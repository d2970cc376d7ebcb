import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
let main: string;
let next: string;
let fork: string;
beforeAll(async () => {
  world = await TestWorld.start();
  const octokit = world.octokit();
  main = (await octokit.rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
  const { data } = await octokit.rest.git.getCommit({ ...shop, commit_sha: main });
  const commit = async (message: string) =>
    (await octokit.rest.git.createCommit({ ...shop, message, tree: data.tree.sha, parents: [main] })).data.sha;
  next = await commit("next");
  fork = await commit("fork");
});
afterAll(() => world.stop());

const zero = "0".repeat(40);
const head = async (branch: string) => {
  const { data } = await world.octokit().rest.git.listMatchingRefs({ ...shop, ref: `heads/${branch}` });
  return data.find((ref) => ref.ref === `refs/heads/${branch}`)?.object.sha;
};

describe("REST", () => {
  test("creates, forwards and deletes a branch", async () => {
    const { git } = world.octokit().rest;
    await git.createRef({ ...shop, ref: "refs/heads/topic/a", sha: main });
    await git.updateRef({ ...shop, ref: "heads/topic/a", sha: next });
    expect(await head("topic/a")).toBe(next);
    await git.deleteRef({ ...shop, ref: "heads/topic/a" });
    expect(await head("topic/a")).toBe(undefined);
    // The folder it lay in must not be in the way of a branch of that name.
    await git.createRef({ ...shop, ref: "refs/heads/topic", sha: main });
  });

  test("refuses to throw history away unless forced", async () => {
    const { git } = world.octokit().rest;
    await git.createRef({ ...shop, ref: "refs/heads/forked", sha: next });
    const move = { ...shop, ref: "heads/forked", sha: fork };
    expect(await refused(git.updateRef(move))).toMatchObject({
      status: 422,
      message: expect.stringContaining("Update is not a fast forward"),
    });
    await git.updateRef({ ...move, force: true });
    expect(await head("forked")).toBe(fork);
  });

  test.each([
    ["one that exists", "refs/heads/main", "Reference already exists"],
    ["one without an object", "refs/heads/none", "Object does not exist", "5".repeat(40)],
    ["a name git forbids", "refs/heads/a..b", "not a valid ref name"],
    ["a name that ends in .lock", "refs/heads/a.lock", "not a valid ref name"],
    ["a name with a space", "refs/heads/a b", "not a valid ref name"],
    ["one of GitHub's own", "refs/pull/1/head", "not a valid ref name"],
    ["one below a branch", "refs/heads/main/x", "refs/heads/main exists"],
  ])("does not create %s", async (_, ref, message, sha = main) => {
    const request = world.octokit().rest.git.createRef({ ...shop, ref, sha });
    expect(await refused(request)).toMatchObject({ status: 422, message: expect.stringContaining(message) });
  });
});

describe("GraphQL updateRefs", () => {
  const mutation = `mutation ($id: ID!, $updates: [RefUpdate!]!) {
    updateRefs(input: { repositoryId: $id, refUpdates: $updates }) { clientMutationId }
  }`;
  const update = async (...updates: { name: string; afterOid: string; beforeOid?: string; force?: boolean }[]) => {
    const { data } = await world.octokit().rest.repos.get(shop);
    return world.octokit().graphql(mutation, { id: data.node_id, updates });
  };

  test("creates only what does not exist, moves only from where it stands, deletes only what stands there", async () => {
    const name = "refs/heads/leased";
    await update({ name, beforeOid: zero, afterOid: main });
    await expect(update({ name, beforeOid: zero, afterOid: next })).rejects.toThrow(/expected 0{40}/);
    await expect(update({ name, beforeOid: next, afterOid: fork })).rejects.toThrow(/is at/);
    await update({ name, beforeOid: main, afterOid: next });
    await expect(update({ name, beforeOid: next, afterOid: fork })).rejects.toThrow(/fast forward/);
    await update({ name, beforeOid: next, afterOid: fork, force: true });
    await expect(update({ name, beforeOid: next, afterOid: zero })).rejects.toThrow(/is at/);
    await update({ name, beforeOid: fork, afterOid: zero });
    expect(await head("leased")).toBe(undefined);
  });

  test("moves all or none", async () => {
    const one = { name: "refs/heads/one", beforeOid: zero, afterOid: main };
    await expect(update(one, { name: "refs/heads/main", beforeOid: next, afterOid: next })).rejects.toThrow(/is at/);
    expect(await head("one")).toBe(undefined);
  });

  test("needs the permission to write", async () => {
    const { data } = await world.octokit().rest.repos.get(shop);
    const { data: narrow } = await world.app().rest.apps.createInstallationAccessToken({
      installation_id: world.installationId,
      permissions: { contents: "read" },
    });
    const updates = [{ name: "refs/heads/x", beforeOid: zero, afterOid: main }];
    const request = world.withToken(narrow.token).graphql(mutation, { id: data.node_id, updates });
    await expect(request).rejects.toMatchObject({ errors: [{ type: "FORBIDDEN" }] });
  });
});

describe("GraphQL queries", () => {
  test("read a repository, a branch and a file", async () => {
    const query = `query { repository(owner: "acme", name: "shop") {
      nameWithOwner databaseId defaultBranchRef { name target { oid } }
      none: ref(qualifiedName: "refs/heads/none") { name }
      object(expression: "HEAD:Dockerfile") { ... on Blob { text byteSize } }
    } }`;
    expect(await world.octokit().graphql(query)).toEqual({
      repository: {
        nameWithOwner: "acme/shop",
        databaseId: world.repositoryId,
        defaultBranchRef: { name: "main", target: { oid: main } },
        none: null,
        object: { text: "FROM node:22\nRUN true\n", byteSize: 22 },
      },
    });
  });

  test("of a repository that is not there say so", async () => {
    const query = `query { repository(owner: "acme", name: "none") { id } }`;
    await expect(world.octokit().graphql(query)).rejects.toMatchObject({ errors: [{ type: "NOT_FOUND" }] });
  });

  test("that GitHub's schema does not know, or the fake does not, are recorded", async () => {
    await expect(world.octokit().graphql("query { repository { nonsense } }")).rejects.toThrow(/nonsense/);
    await expect(
      world.octokit().graphql(`query { repository(owner: "acme", name: "shop") { stargazerCount } }`),
    ).rejects.toThrow(/lacks Repository.stargazerCount/);
    expect(await world.order("GET", "violations")).toMatchObject([
      { of: "graphql", detail: expect.stringContaining("nonsense") },
      { of: "unimplemented", subject: "Repository.stargazerCount" },
    ]);
  });
});
