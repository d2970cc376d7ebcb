import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Digest } from "../../src/core/reference.ts";
import type { Release, Target } from "../../src/core/rollout/rollout.ts";
import { createDeploymentsDeployer } from "../../src/deployer/deployments.ts";
import type { Deployment, DeploymentStatus, Deployments } from "../../src/github/deployments.ts";

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const repository = {
  host: "github.com",
  installation: 11,
  repository: 42,
  owner: "acme",
  name: "web",
  defaultBranch: "main",
  private: true,
  archived: false,
};
const target: Target = { repository, environment: "production", name: "web" };
const image = { registry: "ghcr.io", repository: "acme/web", digest: digest("2") };
const release: Release = { repository, merge: "a".repeat(40), image, reference: image, campaign: "c" };
const payload = { oakum: { key: "k1", image: `ghcr.io/acme/web@${digest("2")}`, target: "web" } };

/** What the target answers; set by each test. */
let answer: { status: number; body: string; headers?: Record<string, string> };
let asked = 0;
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  asked = 0;
  answer = { status: 200, body: running(digest("1")) };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function running(...digests: readonly string[]): string {
  return JSON.stringify({ digests, healthy: true });
}

/** What the operator grants: environments differ in whose word counts. */
async function granted({ environment }: Target): Promise<{ running: URL; creators: string[] } | undefined> {
  const { port } = server.address() as AddressInfo;
  const creators = [environment === "production" ? "acme-cd[bot]" : "staging-cd[bot]"];
  return { running: new URL(`http://127.0.0.1:${port}/running?secret=hush`), creators };
}

function deployerOf(
  listed: readonly Deployment[] = [],
  statuses: readonly DeploymentStatus[] = [],
  deliveryOf: typeof granted = granted,
) {
  const acts: unknown[] = [];
  const deployments: Deployments = {
    list: async (_, environment) => listed.filter((deployment) => deployment.environment === environment),
    create: async (_, deployment) => {
      acts.push(deployment);
      return { ...deployment, id: 1, ours: true };
    },
    statuses: async () => statuses,
    setStatus: async (_, deployment, status) => void acts.push({ deployment, ...status }),
  };
  const deployer = createDeploymentsDeployer({
    github: { deployments },
    repositoryOf: async () => repository,
    deliveryOf,
    fetch,
  });
  return { deployer, acts };
}

const deployment = (overlay: Partial<Deployment> = {}): Deployment => ({
  id: 7,
  sha: release.merge,
  environment: "production",
  payload,
  ours: true,
  ...overlay,
});
const status = (state: string, creator = "acme-cd[bot]"): DeploymentStatus => ({ state, creator, description: "" });

describe("deploying", () => {
  const created = {
    sha: release.merge,
    environment: "production",
    payload,
    description: `ghcr.io/acme/web@${digest("2")} to web`,
  };

  const expected = [digest("1"), digest("2")];

  test.each<[string, string, "accepted" | "conflict"]>([
    ["what was expected", running(digest("1")), "accepted"],
    ["the release already", running(digest("2")), "accepted"],
    ["both, in the middle of a rollout", running(digest("1"), digest("2")), "accepted"],
    ["nothing", running(), "accepted"],
    ["something else", running(digest("3")), "conflict"],
    ["something else besides", running(digest("1"), digest("3")), "conflict"],
  ])("to a target that runs %s", async (_, body, outcome) => {
    answer = { status: 200, body };
    const { deployer, acts } = deployerOf();
    expect(await deployer.deploy(target, release, expected, "k1")).toBe(outcome);
    expect(acts).toEqual(outcome === "accepted" ? [created] : []);
  });

  test("is done once per key, whatever runs by now", async () => {
    answer = { status: 200, body: running(digest("3")) };
    const { deployer, acts } = deployerOf([deployment()]);
    expect(await deployer.deploy(target, release, expected, "k1")).toBe("accepted");
    expect(acts).toEqual([]);
  });

  test.each<[string, Partial<Deployment>]>([
    ["another's with our payload", { ours: false }],
    ["another key", { payload: { oakum: { ...payload.oakum, key: "k0" } } }],
    ["another target", { payload: { oakum: { ...payload.oakum, target: "worker" } } }],
    ["none of ours at all", { payload: {} }],
  ])("is not taken for done by %s", async (_, overlay) => {
    const { deployer, acts } = deployerOf([deployment(overlay)]);
    await deployer.deploy(target, release, expected, "k1");
    expect(acts).toEqual([created]);
  });

  test("of another repository's commit is INPUT", async () => {
    const { deployer, acts } = deployerOf();
    const foreign = { ...release, repository: { ...repository, repository: 43 } };
    await expect(deployer.deploy(target, foreign, expected, "k1")).rejects.toMatchObject({ code: "INPUT" });
    expect(acts).toEqual([]);
  });
});

describe("observing", () => {
  test.each<[string, readonly DeploymentStatus[], string]>([
    ["no status yet", [], "pending"],
    ["in progress", [status("in_progress"), status("queued")], "pending"],
    ["success", [status("success"), status("in_progress")], "succeeded"],
    ["failure", [status("failure")], "failed"],
    ["error", [status("error"), status("success")], "failed"],
    ["inactive since another came", [status("inactive"), status("success")], "succeeded"],
    ["success by someone else", [status("success", "mallory"), status("in_progress")], "pending"],
    ["success by ourselves", [status("success", "oakum[bot]"), status("failure")], "failed"],
  ])("a deployment with %s", async (_, statuses, state) => {
    const { deployer } = deployerOf([deployment()], statuses);
    expect(await deployer.observe(target, "k1")).toEqual({
      running: [digest("1")],
      healthy: true,
      deployment: state,
    });
  });

  test("no deployment of ours with this key", async () => {
    const { deployer } = deployerOf([deployment({ ours: false })], [status("success")]);
    expect(await deployer.observe(target, "k1")).toMatchObject({ deployment: "none" });
  });

  test("the word of another environment's delivery counts for nothing", async () => {
    const { deployer } = deployerOf([deployment()], [status("failure", "staging-cd[bot]"), status("success")]);
    expect(await deployer.observe(target, "k1")).toMatchObject({ deployment: "succeeded" });
  });

  test("each digest is there once", async () => {
    answer = { status: 200, body: running(digest("1"), digest("1")) };
    expect(await deployerOf().deployer.observe(target, "k1")).toMatchObject({ running: [digest("1")] });
  });

  test.each<[string, typeof answer]>([
    ["an error", { status: 500, body: running() }],
    ["a redirect", { status: 302, body: "", headers: { location: "http://127.0.0.1:1/" } }],
    ["no JSON", { status: 200, body: "<html>" }],
    ["an unknown key", { status: 200, body: JSON.stringify({ digests: [], healthy: true, __proto: 1 }) }],
    ["no word on its health", { status: 200, body: JSON.stringify({ digests: [] }) }],
    ["a tag", { status: 200, body: running("latest") }],
    ["too many digests", { status: 200, body: running(...Array(101).fill(digest("1"))) }],
    ["too much", { status: 200, body: " ".repeat(64 * 1024 + 1) }],
  ])("a target that answers %s is UNAVAILABLE, and its address is not told", async (_, given) => {
    answer = given;
    const error: Error = await deployerOf()
      .deployer.observe(target, "k1")
      .then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(`${error.stack} ${error.cause}`).not.toMatch(/hush/);
    expect(asked).toBe(1);
  });

  test("a target whose address the operator does not name is INPUT", async () => {
    const { deployer, acts } = deployerOf([], [], async () => undefined);
    await expect(deployer.deploy(target, release, [], "k1")).rejects.toMatchObject({ code: "INPUT" });
    expect(acts).toEqual([]);
  });
});

describe("reporting", () => {
  test.each<[boolean, string]>([
    [true, "success"],
    [false, "failure"],
  ])("confirmed: %s", async (confirmed, state) => {
    const { deployer, acts } = deployerOf([deployment()]);
    await deployer.report(target, "k1", confirmed, "It runs");
    expect(acts).toEqual([{ deployment: 7, state, description: "It runs" }]);
  });

  test("is done once, and in no more words than GitHub takes", async () => {
    const long = "x".repeat(200);
    const description = `${"x".repeat(139)}…`;
    const before = deployerOf([deployment()]);
    await before.deployer.report(target, "k1", true, long);
    expect(before.acts).toEqual([{ deployment: 7, state: "success", description }]);
    const after = deployerOf([deployment()], [{ state: "success", creator: "oakum[bot]", description }]);
    await after.deployer.report(target, "k1", true, long);
    expect(after.acts).toEqual([]);
  });

  test("is nothing where there was no deployment", async () => {
    const { deployer, acts } = deployerOf();
    await deployer.report(target, "k1", true, "");
    expect(acts).toEqual([]);
  });
});
