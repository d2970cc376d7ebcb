import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Contract } from "../../../sandbox/github/check/contract.ts";
import { toJsonSchema } from "../../../sandbox/github/check/json-schema.ts";
import { WebhookContract } from "../../../sandbox/github/check/webhooks.ts";
import { operations } from "../../../sandbox/github/operations.ts";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

const call = async (method: string, path: string, body?: unknown) => {
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "octocat" });
  const response = await fetch(`${world.github.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json().catch(() => undefined)) as unknown,
  };
};

describe("what a client sends", () => {
  test.each([
    ["an unknown field", "POST", "/issues", { title: "x", colour: "red" }, '"colour" is not a permitted key.'],
    [
      "an unknown field inside",
      "POST",
      "/check-runs",
      { name: "x", head_sha: "x", output: { title: "", summary: "", body: "" } },
      '"body" is not a permitted key.',
    ],
    ["an unknown query", "GET", "/pulls?merged=true", undefined, '"merged" is not a permitted key.'],
    ["a value of another type", "POST", "/pulls", { head: 1, base: "main" }, "/head must be string"],
    [
      "a value that is not one of those listed",
      "GET",
      "/pulls?state=merged",
      undefined,
      "/state must be equal to one of",
    ],
    ["a field left out", "POST", "/pulls", { base: "main" }, "must have required property 'head'"],
  ])("is refused and recorded with %s", async (_, method, path, body, message) => {
    const answer = await call(method, `/repos/acme/shop${path}`, body);
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining(message) } });
    const recorded = await world.order<{ of: string; detail: string }[]>("GET", "violations");
    expect(recorded.at(-1)).toMatchObject({ of: "request", detail: expect.stringContaining(message) });
  });

  test("is refused when it is no JSON", async () => {
    expect(await call("POST", "/repos/acme/shop/issues", "{")).toMatchObject({
      status: 400,
      body: { message: "Problems parsing JSON" },
    });
  });

  test("is answered 501 and recorded where the fake lacks the operation", async () => {
    expect(await refused(world.octokit().rest.repos.listTags(shop))).toMatchObject({ status: 501 });
    expect(await refused(world.octokit().rest.codeScanning.listAlertsForRepo(shop))).toMatchObject({ status: 501 });
    const recorded = await world.order<{ of: string; subject: string }[]>("GET", "violations");
    expect(recorded.slice(-2)).toMatchObject([
      { of: "unimplemented", detail: "not in the vendored contract" },
      { of: "unimplemented", detail: "code-scanning/list-alerts-for-repo is in the contract, but the fake lacks it" },
    ]);
  });
});

describe("what the fake answers", () => {
  const contract = new Contract();
  const route = contract.match("GET", "/repos/acme/shop/git/ref/heads/a/b")!;

  test("is found in the contract, with paths of several segments", () => {
    expect(route.route.id).toBe("git/get-ref");
    expect(route.parameters).toEqual({ owner: "acme", repo: "shop", ref: "heads/a/b" });
    expect(contract.match("GET", "/repos/a/b/branches/x%2Fy/protection")).toMatchObject({
      route: { id: "repos/get-branch-protection" },
      parameters: { branch: "x/y" },
    });
    expect(contract.match("GET", "/repos/a/b/contents/")?.route.id).toBe("repos/get-content");
  });

  test("is a violation when it is not as documented", () => {
    expect(contract.answerProblem(route.route, 200, { ref: "x" })).toMatch(/must have required property/);
    expect(contract.answerProblem(route.route, 201, {})).toBe("git/get-ref does not answer 201");
    expect(contract.answerProblem(route.route, 403, {})).toBe(undefined);
  });

  test("holds for webhooks too", () => {
    const webhooks = new WebhookContract();
    expect(webhooks.problem("push", { ref: "refs/heads/main" })).toMatch(/^push: .*required/);
    expect(webhooks.problem("pull_request", { action: "invented" })).toBe(
      "pull-request-invented is no webhook of the contract",
    );
  });

  test("names only operations that are in the contract", () => {
    const known = new Set(contract.ids);
    expect(Object.keys(operations).filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("OpenAPI as JSON Schema", () => {
  test.each([
    ["a nullable type", { type: "string", nullable: true }, { type: ["string", "null"] }],
    [
      "a nullable enum",
      { type: "string", enum: ["a"], nullable: true },
      { type: ["string", "null"], enum: ["a", null] },
    ],
    [
      "a nullable reference",
      { nullable: true, allOf: [{ $ref: "#/components/schemas/x" }] },
      { anyOf: [{ allOf: [{ $ref: "contract#/components/schemas/x" }] }, { type: "null" }] },
    ],
    [
      "a property that is called like a keyword",
      { properties: { nullable: { type: "string" } } },
      { properties: { nullable: { type: "string" } } },
    ],
  ])("spells out %s", (_, schema, expected) => {
    expect(toJsonSchema(schema, { closed: false })).toEqual(expected);
  });

  test("closes objects that say nothing of further fields, outside of combinations", () => {
    const object = { type: "object", properties: { a: { type: "object", properties: {} } } };
    expect(toJsonSchema(object, { closed: true })).toEqual({
      type: "object",
      properties: { a: { type: "object", properties: {}, unevaluatedProperties: false } },
      unevaluatedProperties: false,
    });
    expect(toJsonSchema({ oneOf: [{ properties: { a: {} }, additionalProperties: true }] }, { closed: true })).toEqual({
      oneOf: [{ properties: { a: {} } }],
    });
  });
});

test("an unchanged answer is 304 for the token that saw it, and costs another one a body", async () => {
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "a" });
  const other = await world.order<{ token: string }>("POST", "tokens", { login: "b" });
  const get = (bearer: string, etag = "") =>
    fetch(`${world.github.url}/api/v3/repos/acme/shop/labels`, {
      headers: { authorization: `token ${bearer}`, "if-none-match": etag },
    });
  const first = await get(token);
  const etag = first.headers.get("etag")!;
  expect((await get(token, etag)).status).toBe(304);
  expect((await get(other.token, etag)).status).toBe(200);
  const label = { name: "new", color: "ffffff" };
  await fetch(`${world.github.url}/repos/acme/shop/labels`, {
    method: "POST",
    headers: { authorization: `token ${token}` },
    body: JSON.stringify(label),
  });
  expect((await get(token, etag)).status).toBe(200);
});
