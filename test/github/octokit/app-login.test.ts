import { generateKeyPairSync, verify } from "node:crypto";
import nock from "nock";
import { expect, test } from "vitest";
import { createAppLogin } from "../../../src/github/octokit/app-login.ts";
import { API, mockedGitHub, NOW, useNock } from "./mocked-github.ts";

useNock();

const DAY = 24 * 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = String(privateKey.export({ type: "pkcs1", format: "pem" }));

function loginAt(now: () => number) {
  const warnings: unknown[] = [];
  const log = { warn: (fields: unknown) => void warnings.push(fields) };
  return { login: createAppLogin({ appId: 7, privateKey: pem, log, now }), warnings };
}

/** The claims of a token that this App has signed. */
function claimsOf(token: string): { readonly iat: number; readonly exp: number; readonly iss: unknown } {
  const [head = "", claims = "", signature = ""] = token.split(".");
  expect(JSON.parse(Buffer.from(head, "base64url").toString())).toEqual({ alg: "RS256", typ: "JWT" });
  const bytes = Buffer.from(`${head}.${claims}`);
  expect(verify("RSA-SHA256", bytes, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  return JSON.parse(Buffer.from(claims, "base64url").toString());
}

test("a token is the App's, dated back a minute, and holds for less than ten", () => {
  const { login } = loginAt(() => NOW + 999);
  expect(claimsOf(login.token())).toEqual({ iat: NOW / 1000 - 60, exp: NOW / 1000 + 540, iss: 7 });
});

test.each([
  ["behind", -2 * DAY],
  ["ahead", 3 * DAY],
])("a clock that is %s GitHub's is told once, and dates everything by GitHub's until it is set right", (_, off) => {
  let clock = NOW + off;
  const { login, warnings } = loginAt(() => clock);
  const refused = login.token();
  expect(claimsOf(login.token({ token: refused, at: NOW })).iat).toBe(NOW / 1000 - 60);
  expect(login.now()).toBe(NOW);
  clock += 60_000;
  const next = login.token();
  expect(claimsOf(next).iat).toBe(NOW / 1000);
  expect(warnings).toEqual([{ seconds: off / 1000 }]);
  // Set right again, it is refused again, and believed again.
  clock = NOW + 120_000;
  expect(claimsOf(login.token({ token: login.token(), at: clock })).iat).toBe(clock / 1000 - 60);
  expect(login.now()).toBe(clock);
});

test("what GitHub refuses for another reason is not signed anew", () => {
  const { login, warnings } = loginAt(() => NOW);
  const refused = login.token();
  expect(login.token({ token: refused, at: NOW + 1000 })).toBe(refused);
  expect(login.token({ token: refused, at: undefined })).toBe(refused);
  expect(warnings).toEqual([]);
});

test("a key that is none is INPUT, and in no error", () => {
  const broken = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
  const log = { warn: () => {} };
  const create = () => createAppLogin({ appId: 7, privateKey: broken, log, now: () => NOW });
  expect(create).toThrow(expect.objectContaining({ code: "INPUT" }));
  expect(create).toThrow(/^((?!c2VjcmV0).)*$/);
});

test("an App whose clock is wrong gets its tokens at the second try, and after that at the first", async () => {
  const { mine, theirs } = { mine: NOW + DAY, theirs: new Date(NOW).toUTCString() };
  const path = "/app/installations/11/access_tokens";
  const message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  nock(API).post(path).reply(401, { message }, { date: theirs });
  const answer = { token: "t", expires_at: new Date(NOW + 3_600_000).toISOString() };
  nock(API).post(path).reply(201, answer);
  const listed = { total_count: 0, repositories: [] };
  nock(API).get("/installation/repositories?per_page=100").times(2).reply(200, listed);
  const { installations } = mockedGitHub({ now: () => mine });
  // The token holds by GitHub's clock, so it is not asked for again.
  for (let times = 0; times < 2; times += 1) {
    expect(await Array.fromAsync(installations.repositories(11))).toEqual([]);
  }
});
