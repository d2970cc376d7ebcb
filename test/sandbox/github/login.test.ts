import { createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appId, grantedPermissions, privateKey, refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

const seconds = () => Math.floor(Date.now() / 1000);

function jwt(claims: object, header: object = { alg: "RS256", typ: "JWT" }, key = privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part({ iss: appId, iat: seconds() - 30, exp: seconds() + 500, ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}

async function getApp(authorization: string): Promise<{ status: number; message?: string; slug?: string }> {
  const response = await fetch(`${world.github.url}/app`, { headers: { authorization } });
  return { ...((await response.json()) as object), status: response.status };
}

describe("the App's JWT", () => {
  test("logs in by App id or client id", async () => {
    expect(await getApp(`Bearer ${jwt({})}`)).toMatchObject({ status: 200, slug: "oakum" });
    const { data } = await world.app().rest.apps.getAuthenticated();
    expect(await getApp(`Bearer ${jwt({ iss: data?.client_id })}`)).toMatchObject({ status: 200 });
  });

  const other = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  test.each([
    ["signed by another key", () => jwt({}, undefined, other.privateKey), "could not be decoded"],
    ["with another algorithm", () => jwt({}, { alg: "none" }), "could not be decoded"],
    ["issued in the future", () => jwt({ iat: seconds() + 120 }), "'iat'"],
    ["without a time of issue", () => jwt({ iat: undefined }), "'iat'"],
    ["expired", () => jwt({ iat: seconds() - 700, exp: seconds() - 100 }), "'exp'"],
    ["living too long", () => jwt({ exp: seconds() + 1200 }), "too far in the future"],
    ["of an unknown App", () => jwt({ iss: 1 }), "Integration not found"],
    ["that is garbage", () => "a.b.c", "could not be decoded"],
  ])("is refused %s", async (_, make, message) => {
    expect(await getApp(`Bearer ${make()}`)).toMatchObject({ status: 401, message: expect.stringContaining(message) });
  });
});

describe("an installation token", () => {
  const asked = { repository_ids: [] as number[], permissions: { contents: "read" as const } };

  test("is narrowed to repositories and permissions", async () => {
    const { data } = await world.app().rest.apps.createInstallationAccessToken({
      installation_id: world.installationId,
      ...asked,
      repository_ids: [world.repositoryId],
    });
    expect(data).toMatchObject({
      repository_selection: "selected",
      permissions: { contents: "read", metadata: "read" },
    });
    const octokit = world.withToken(data.token);
    expect((await octokit.rest.git.getRef({ ...shop, ref: "heads/main" })).status).toBe(200);
    const denied = await refused(octokit.rest.pulls.create({ ...shop, title: "x", head: "x", base: "main" }));
    expect(denied).toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
      headers: { "x-accepted-github-permissions": "pull_requests=write" },
    });
  });

  test("does not reach other repositories: they do not exist for it", async () => {
    await world.order("POST", "repositories", { owner: "acme", name: "other", private: true });
    const { data } = await world.app().rest.apps.createInstallationAccessToken({
      installation_id: world.installationId,
      repositories: ["shop"],
    });
    const octokit = world.withToken(data.token);
    expect(await refused(octokit.rest.repos.get({ owner: "acme", repo: "other" }))).toMatchObject({ status: 404 });
    const { data: seen } = await octokit.rest.apps.listReposAccessibleToInstallation();
    expect(seen.repositories.map((one) => one.name)).toEqual(["shop"]);
  });

  test.each([
    ["a permission that was not granted", { permissions: { administration: "write" } }],
    ["more than was granted", { permissions: { statuses: "write" } }],
    ["a repository that is not there", { repository_ids: [1] }],
  ] as const)("is refused for %s", async (_, narrowing) => {
    const request = world.app().rest.apps.createInstallationAccessToken({
      installation_id: world.installationId,
      permissions: {},
      ...("repository_ids" in narrowing ? { repository_ids: [...narrowing.repository_ids] } : narrowing),
    });
    expect(await refused(request)).toMatchObject({ status: 422 });
  });

  test("expires after an hour", async () => {
    const { data } = await world
      .app()
      .rest.apps.createInstallationAccessToken({ installation_id: world.installationId });
    const octokit = world.withToken(data.token);
    expect((await octokit.rest.repos.get(shop)).status).toBe(200);
    world.skew = 3_601_000;
    expect(await refused(octokit.rest.repos.get(shop))).toMatchObject({
      status: 401,
      message: expect.stringContaining("Bad credentials"),
    });
    world.skew = 0;
  });

  test("is gone once revoked", async () => {
    const { data } = await world
      .app()
      .rest.apps.createInstallationAccessToken({ installation_id: world.installationId });
    await world.withToken(data.token).rest.apps.revokeInstallationAccessToken();
    expect(await refused(world.withToken(data.token).rest.repos.get(shop))).toMatchObject({ status: 401 });
  });

  test("does not do what only the App itself may", async () => {
    const { data } = await world
      .app()
      .rest.apps.createInstallationAccessToken({ installation_id: world.installationId });
    expect(await refused(world.withToken(data.token).request("GET /app/hook/deliveries"))).toMatchObject({
      status: 401,
    });
  });
});

test("an invented token and none at all are refused", async () => {
  expect(await refused(world.withToken("ghs_invented").rest.repos.get(shop))).toMatchObject({ status: 401 });
  expect((await fetch(`${world.github.url}/repos/acme/shop`)).status).toBe(401);
});

test("the installation says what it was granted", async () => {
  const { data } = await world.app().rest.apps.listInstallations();
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({
    repository_selection: "all",
    permissions: grantedPermissions,
    account: { login: "acme" },
  });
  const { data: same } = await world.app().rest.apps.getRepoInstallation(shop);
  expect(same.id).toBe(data[0]?.id);
});

test("requests are limited by the hour", async () => {
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "busy" });
  await world.order("POST", "limits", { rate: 2 });
  const octokit = world.withToken(token);
  const first = await octokit.rest.repos.get(shop);
  expect(first.headers).toMatchObject({ "x-ratelimit-limit": "2", "x-ratelimit-remaining": "1" });
  await octokit.rest.repos.get(shop);
  expect(await refused(octokit.rest.repos.get(shop))).toMatchObject({
    status: 403,
    headers: { "x-ratelimit-remaining": "0" },
  });
  await world.order("POST", "limits", { rate: 5000 });
});
