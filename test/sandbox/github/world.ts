import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { type FakeGitHub, startGitHub } from "../../../sandbox/github/github.ts";

const key = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

export const privateKey = key.privateKey;
export const secret = "a webhook secret";
export const appId = 4711;

export const grantedPermissions = {
  contents: "write",
  pull_requests: "write",
  checks: "write",
  deployments: "write",
  actions: "write",
  issues: "write",
  statuses: "read",
  merge_queues: "read",
};

const events = [
  "push",
  "create",
  "delete",
  "pull_request",
  "pull_request_review",
  "check_run",
  "check_suite",
  "issue_comment",
  "deployment",
  "deployment_status",
  "workflow_run",
  "repository",
  "merge_group",
];

const workflow = `name: build
run-name: Build \${{ inputs.correlation }}
on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      correlation: { required: true }
jobs:
  image:
    runs-on: ubuntu-latest
    steps: []
`;

export const files = {
  Dockerfile: "FROM node:22\nRUN true\n",
  "src/index.js": "console.log(1)\n",
  ".github/workflows/build.yml": workflow,
};

export interface Delivered {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A fake GitHub with one App, installed on `acme`, which has one repository `shop`. */
export class TestWorld {
  readonly state = mkdtempSync(join(tmpdir(), "oakum-github-"));
  readonly received: Delivered[] = [];
  /** What the App's receiver answers. */
  receiverStatus = 202;
  /** Milliseconds that the fake's clock is ahead of the machine's. */
  skew = 0;
  repositoryId = 0;
  installationId = 0;
  github!: FakeGitHub;
  readonly #receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(this.receiverStatus).end("ok");
    });
  });

  static async start(permissions: Record<string, string> = grantedPermissions): Promise<TestWorld> {
    const world = new TestWorld();
    await new Promise<void>((resolve) => world.#receiver.listen(0, "127.0.0.1", resolve));
    await world.restart();
    await world.order("POST", "apps", {
      id: appId,
      slug: "oakum",
      publicKey: key.publicKey,
      webhookUrl: world.receiverUrl,
      webhookSecret: secret,
      permissions,
      events,
    });
    world.repositoryId = (
      await world.order<{ id: number }>("POST", "repositories", { owner: "acme", name: "shop", files })
    ).id;
    world.installationId = (
      await world.order<{ id: number }>("POST", "installations", { app: appId, account: "acme" })
    ).id;
    return world;
  }

  get receiverUrl(): string {
    return `http://127.0.0.1:${(this.#receiver.address() as AddressInfo).port}/`;
  }

  /** Ends the fake, if it runs, and starts another one on the same folder. */
  async restart(): Promise<void> {
    await this.github?.close();
    this.github = await startGitHub({ state: this.state, clock: () => Date.now() + this.skew });
  }

  async stop(): Promise<void> {
    await this.github.close();
    await new Promise((resolve) => this.#receiver.close(resolve));
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Gives an order to the control API; answers with what it answered. */
  async order<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.github.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T;
  }

  /** The App itself, by its JWT. */
  app(): Octokit {
    return this.#octokit({ authStrategy: createAppAuth, auth: { appId, privateKey } });
  }

  /** The App's installation on `acme`, with real tokens. */
  octokit(): Octokit {
    const auth = { appId, privateKey, installationId: this.installationId };
    return this.#octokit({ authStrategy: createAppAuth, auth });
  }

  /** A client with a ready-made token. */
  withToken(auth: string): Octokit {
    return this.#octokit({ auth });
  }

  #octokit(options: object): Octokit {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    return new Octokit({ ...options, baseUrl: `${this.github.url}/api/v3`, log });
  }

  /** Resolves when every webhook was attempted; answers with those of one event, or all. */
  async webhooks(event?: string): Promise<readonly { event: string; action?: string; [field: string]: unknown }[]> {
    await this.order("POST", "settle");
    return this.received
      .map(({ headers, body }) => ({ event: String(headers["x-github-event"]), ...JSON.parse(body) }))
      .filter((one) => event === undefined || one.event === event);
  }
}

export const shop = { owner: "acme", repo: "shop" };

/** What a refused request was refused with. */
export async function refused(
  request: Promise<unknown>,
): Promise<{ status: number; message: string; headers: object }> {
  try {
    await request;
  } catch (error) {
    const { status, message, response } = error as { status: number; message: string; response: { headers: object } };
    return { status, message, headers: response?.headers };
  }
  throw new Error("the request was not refused");
}

/** A queued workflow run, as the CI runner sees it. */
export interface Job {
  readonly id: number;
  readonly path: string;
  readonly headSha: string;
  readonly title: string;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string>>;
}
