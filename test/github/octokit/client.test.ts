import nock from "nock";
import { expect, test } from "vitest";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

useNock();

const REF = "/repos/acme/web/git/ref/heads%2Fmain";
const listed = { name: "web", owner: { login: "acme" }, default_branch: "main", private: true, archived: false };
const ref = { ref: "refs/heads/main", object: { sha: SHA, type: "commit" } };

test.each([500, 502, 503])("a write whose answer is %i may have been done, so it is not made again", async (status) => {
  mockApp();
  nock(API).post("/repos/acme/web/pulls").reply(status, { message: "oops" });
  const opened = mockedGitHub().pulls.open(web, { branch: "oakum/x", base: "main", title: "t", body: "b" });
  await expect(opened).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

/** GitHub with an hour's pauses as they would be, written down instead of waited for. */
function patientGitHub(options: Parameters<typeof mockedGitHub>[0] = {}) {
  const pauses: number[] = [];
  const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
  return { github: mockedGitHub({ pace: { second: 1000 }, sleep, ...options }), pauses };
}

const HEADS = { data: { r0: { databaseId: 42, defaultBranchRef: { name: "main", target: { oid: SHA } } } } };
const BROKEN = {
  data: null,
  errors: [{ message: "Something went wrong while executing your query. Please tell us." }],
};

test("a question is asked again after a second, and after four more: by REST and by GraphQL, and so is one for a token", async () => {
  nock(API).post("/app/installations/11/access_tokens").reply(502);
  nock(API).post("/app/installations/11/access_tokens").replyWithError("reset");
  mockApp();
  nock(API).get(REF).reply(502).get(REF).replyWithError("reset").get(REF).reply(200, ref);
  const rest = patientGitHub();
  expect(await rest.github.trees.head(web, "main")).toBe(SHA);
  expect(rest.pauses).toEqual([1000, 4000, 1000, 4000]);

  nock(API).post("/graphql").reply(502).post("/graphql").reply(200, BROKEN).post("/graphql").reply(200, HEADS);
  const graphql = patientGitHub();
  expect([...(await graphql.github.installations.heads(11, [web])).values()]).toEqual([SHA]);
  expect(graphql.pauses).toEqual([1000, 4000]);
});

test.each([
  ["by REST", () => nock(API).get(REF).times(3).reply(503)],
  ["by GraphQL", () => nock(API).post("/graphql").times(3).reply(200, BROKEN)],
])("a question %s that is not answered the third time is UNAVAILABLE", async (kind, answer) => {
  mockApp();
  answer();
  const { github, pauses } = patientGitHub();
  const asked = kind === "by REST" ? github.trees.head(web, "main") : github.installations.heads(11, [web]);
  await expect(asked).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: undefined });
  expect(pauses).toEqual([1000, 4000]);
});

test.each([
  ["an outage that says for how long", 503, { "retry-after": "2" }],
  ["a limit", 429, {}],
])("%s is no reason to ask before that, within the job or by another", async (_, status, headers) => {
  mockApp();
  nock(API).get(REF).reply(status, {}, headers);
  const { github, pauses } = patientGitHub();
  const refusal = { code: "UNAVAILABLE", retryAfter: status === 503 ? 2 : 60 };
  await expect(github.trees.head(web, "main")).rejects.toMatchObject(refusal);
  expect(pauses).toEqual([]);
});

test.each([
  ["a 502", () => nock(API).post("/graphql").reply(502)],
  ["an error inside", () => nock(API).post("/graphql").reply(200, BROKEN)],
])("a mutation that %s answers may have been done, so it is not made again", async (_, answer) => {
  mockApp();
  nock(API).get("/repos/acme/web").reply(200, { id: 42, node_id: "R_42" });
  nock(API).get("/repos/acme/web/git/ref/heads%2Foakum%2Fx").reply(404);
  answer();
  const { github, pauses } = patientGitHub();
  const moved = github.branches.move(web, "oakum/x", undefined, SHA);
  await expect(moved).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(pauses).toEqual([]);
});

test("a token that was revoked is replaced once, also for a write", async () => {
  mockApp();
  const path = "/repos/acme/web/issues/5/labels";
  nock(API, { reqheaders: { authorization: "bearer token-1" } })
    .post(path)
    .reply(401, { message: "Bad credentials" });
  nock(API, { reqheaders: { authorization: "bearer token-2" } })
    .post(path)
    .reply(200, []);
  await mockedGitHub().pulls.label(web, 5, ["security"]);
});

test("no token is sent to another host, even if GitHub's pages lead there", async () => {
  mockApp();
  const next = `<https://evil.example/repos/acme/web/pulls/5/reviews?page=2>; rel="next"`;
  nock(API).get("/repos/acme/web/pulls/5/reviews?per_page=100").reply(200, [], { link: next });
  await expect(mockedGitHub().pulls.reviews(web, 5)).rejects.toMatchObject({ code: "DENIED" });
});

/** Answers what matches `path` itself, by the number of the call, and leaves the rest to nock. */
function answering(path: string, answer: (call: number) => Response): typeof globalThis.fetch {
  let calls = 0;
  return async (input, init) => {
    if (!String(input).includes(path)) return fetch(input, init);
    calls += 1;
    return answer(calls);
  };
}

test("an answer that is too large is INPUT, and its rest is not read", async () => {
  mockApp();
  let read = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    read += 1;
    controller.enqueue(new Uint8Array(1024 * 1024));
  };
  const github = mockedGitHub({ fetch: answering("/git/blobs/", () => new Response(new ReadableStream({ pull }))) });
  await expect(github.trees.blob(web, "1234")).rejects.toMatchObject({ code: "INPUT" });
  expect(read).toBeLessThan(6);
});

test("an answer that breaks off is asked for again, never taken for an empty one", async () => {
  mockApp();
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const headers = { "content-type": "application/json" };
  const answer = (call: number) => (call > 1 ? Response.json(ref) : new Response(broken, { headers }));
  expect(await mockedGitHub({ fetch: answering("/git/ref/", answer) }).trees.head(web, "main")).toBe(SHA);
});

test("an Enterprise Server is asked below /api/v3, and its GraphQL at /api/graphql", async () => {
  const home = "https://github.acme.example";
  const repository = { ...web, host: "github.acme.example" };
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  nock(home).post("/api/v3/app/installations/11/access_tokens").reply(201, { token: "t", expires_at });
  nock(home).get("/api/v3/repos/acme/web").reply(200, { id: 42, node_id: "R_42" });
  const ref = { name: "refs/heads/oakum/x", beforeOid: "0".repeat(40), afterOid: SHA, force: true };
  nock(home)
    .post("/api/graphql", (body) => {
      expect(body.variables).toEqual({ input: { repositoryId: "R_42", refUpdates: [ref] } });
      return true;
    })
    .reply(200, { data: { updateRefs: { clientMutationId: null } } });
  await mockedGitHub({ host: "github.acme.example" }).branches.move(repository, "oakum/x", undefined, SHA);
});

test("what still stands is asked for by its ETag, and answered as before, page by page", async () => {
  mockApp();
  const page = (id: number) => ({ total_count: 2, repositories: [{ ...listed, id }] });
  const path = "/installation/repositories?per_page=100";
  const link = `<${API}${path}&page=2>; rel="next"`;
  const inFull = nock(API, { badheaders: ["if-none-match"] });
  inFull.get(path).reply(200, page(1), { etag: 'W/"one"', link });
  inFull.get(`${path}&page=2`).reply(200, page(2), { etag: 'W/"two"' });
  const { installations } = mockedGitHub();
  const seen = async () => (await Array.fromAsync(installations.repositories(11))).map(({ repository }) => repository);
  expect(await seen()).toEqual([1, 2]);

  nock(API).get(path).matchHeader("if-none-match", 'W/"one"').twice().reply(304);
  nock(API).get(`${path}&page=2`).matchHeader("if-none-match", 'W/"two"').reply(304);
  expect(await seen()).toEqual([1, 2]);
  nock(API).get(`${path}&page=2`).matchHeader("if-none-match", 'W/"two"').reply(200, page(3));
  expect(await seen()).toEqual([1, 3]);
});

test("an ETag is a token's own: another token is asked in full", async () => {
  mockApp();
  nock(API).get(REF).reply(200, ref, { etag: 'W/"one"' });
  const github = mockedGitHub();
  await github.trees.head(web, "main");
  nock(API).get(REF).matchHeader("if-none-match", 'W/"one"').reply(401, { message: "Bad credentials" });
  nock(API, { badheaders: ["if-none-match"], reqheaders: { authorization: "bearer token-2" } })
    .get(REF)
    .reply(200, ref);
  expect(await github.trees.head(web, "main")).toBe(SHA);
});
