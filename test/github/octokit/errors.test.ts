import { RequestError } from "@octokit/request-error";
import nock from "nock";
import { expect, test } from "vitest";
import type { ErrorCode } from "../../../src/core/errors.ts";
import { toAppError } from "../../../src/github/octokit/errors.ts";
import { API, mockApp, mockedGitHub, NOW, useNock, web } from "./mocked-github.ts";

useNock();

interface Case {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly message?: string;
  readonly times?: number;
  readonly code: ErrorCode;
  readonly text: string;
  readonly retryAfter?: number;
}

const cases: readonly Case[] = [
  {
    name: "a revoked token",
    status: 401,
    times: 2,
    code: "DENIED",
    text: "GitHub answered 401 to GET /repos/acme/web/pulls/5",
  },
  {
    name: "a missing permission, by its name",
    status: 403,
    message: "Resource not accessible by integration",
    headers: { "x-accepted-github-permissions": "pull_requests=read" },
    code: "DENIED",
    text: "Resource not accessible by integration (it needs pull_requests=read)",
  },
  { name: "what we may not see", status: 404, message: "Not Found", code: "DENIED", text: "404" },
  { name: "a conflict", status: 409, message: "is at", code: "CONFLICT", text: "409" },
  { name: "a refused input", status: 422, message: "Validation Failed", code: "INPUT", text: "Validation Failed" },
  { name: "legal reasons", status: 451, code: "DENIED", text: "451" },
  { name: "an outage, after three tries", status: 502, times: 3, code: "UNAVAILABLE", text: "502" },
  {
    name: "an outage that says for how long",
    status: 503,
    headers: { "retry-after": "120" },
    code: "UNAVAILABLE",
    text: "503",
    retryAfter: 120,
  },
  {
    name: "a secondary limit",
    status: 403,
    message: "You have exceeded a secondary rate limit",
    headers: { "retry-after": "300" },
    code: "UNAVAILABLE",
    text: "rate limit",
    retryAfter: 300,
  },
  {
    name: "a limit that does not say for how long",
    status: 429,
    message: "Too many requests",
    code: "UNAVAILABLE",
    text: "rate limit",
    retryAfter: 60,
  },
  {
    name: "an exhausted primary limit, whose reset is years away",
    status: 403,
    message: "API rate limit exceeded for installation ID 11",
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 3e8) },
    code: "UNAVAILABLE",
    text: "rate limit",
    retryAfter: 3600,
  },
  {
    name: "a limit longer than an hour",
    status: 429,
    headers: { "retry-after": "999999999" },
    code: "UNAVAILABLE",
    text: "rate limit",
    retryAfter: 3600,
  },
];

test.each(cases)(
  "$name is $code",
  async ({ status, headers = {}, message = "", times = 1, code, text, retryAfter }) => {
    mockApp();
    nock(API).get("/repos/acme/web/pulls/5").times(times).reply(status, { message }, headers);
    const error = await mockedGitHub()
      .pulls.get(web, 5)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "AppError", code, retryAfter, message: expect.stringContaining(text) });
  },
);

test("the wait for an exhausted limit ends after its reset", () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 1500) };
  const request = { method: "GET", url: API, headers: {} } as const;
  const response = { status: 403, url: API, headers, data: {}, retryCount: 0 };
  const error = new RequestError("limit", 403, { request, response });
  expect(toAppError(error, "GET /x", NOW).retryAfter).toBe(1501);
});

test("a GitHub that cannot be reached is UNAVAILABLE", async () => {
  mockApp();
  nock(API).get("/repos/acme/web/pulls/5").times(3).replyWithError("socket hang up");
  await expect(mockedGitHub().pulls.get(web, 5)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a hostile message is one bounded line", async () => {
  mockApp();
  nock(API)
    .get("/repos/acme/web/pulls/5")
    .reply(422, { message: `a\n\u001b[31m${"x".repeat(5000)}` });
  const error: Error = await mockedGitHub()
    .pulls.get(web, 5)
    .then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
  expect(error.message).not.toMatch(/[\n\u001b]/);
  expect(error.message.length).toBeLessThan(500);
});

test("neither the private key nor a token is in an error, its cause included", async () => {
  mockApp();
  nock(API).get("/repos/acme/web/pulls/5").reply(403, { message: "no" });
  const error = await mockedGitHub()
    .pulls.get(web, 5)
    .catch((thrown: unknown) => thrown);
  const { inspect } = await import("node:util");
  expect(inspect(error, { depth: 12 })).not.toMatch(/token-\d|PRIVATE KEY/);
});
