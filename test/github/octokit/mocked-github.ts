import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import pino from "pino";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Repository } from "../../../src/core/repository.ts";
import { createGitHub, type GitHubOptions } from "../../../src/github/octokit/octokit.ts";
import { memoryBudgets } from "../budgets.ts";

export const API = "https://api.github.com";
export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const SHA = "a".repeat(40);

export const web: Repository = {
  host: "github.com",
  installation: 11,
  repository: 42,
  owner: "acme",
  name: "web",
  defaultBranch: "main",
  private: true,
  archived: false,
};

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs1",
  format: "pem",
});

/** The adapter as in production, but in no hurry to wait. */
export function mockedGitHub(options: Partial<GitHubOptions> = {}) {
  return createGitHub({
    appId: 7,
    privateKey: String(privateKey),
    host: "github.com",
    log: pino({ enabled: false }),
    now: () => NOW,
    pace: { second: 0 },
    budgets: memoryBudgets(),
    ...options,
  });
}

/** What the App asks of its own: who it is, and tokens, each a number. Answers with the bodies that asked for tokens. */
export function mockApp(): { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  nock(API)
    .persist()
    .get("/app")
    .reply(200, { id: 7, slug: "oakum", owner: { id: 1, login: "acme" } });
  nock(API)
    .persist()
    .post(/^\/app\/installations\/11\/access_tokens$/)
    .reply(201, async (request: Request) => {
      asked.push(await request.json());
      return { token: `token-${asked.length}`, expires_at: new Date(NOW + 3_600_000).toISOString() };
    });
  return { asked };
}

/** No request leaves this process, and each that a test announces must have been made. */
export function useNock(): void {
  // Another file in the same process has given back what nock takes.
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach((context) => {
    const pending = nock.pendingMocks().filter((mock) => !/\/app(\/installations.*access_tokens.*)?$/.test(mock));
    nock.cleanAll();
    if (context.task.result?.state !== "fail") expect(pending).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
