import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pushImage } from "../../sandbox/registry/image.ts";
import { layer } from "../../sandbox/registry/layer.ts";
import type { ImageReference } from "../../src/core/reference.ts";
import { createDistributionHook } from "../../src/registry/hooks/distribution.ts";
import { loopbackClient } from "./client.ts";
import { describeRegistry } from "./contract.ts";
import { type DockerRegistry, dockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { createOracle } from "./oracle.ts";
import { MANY_TAGS, type Seed, seed } from "./seed.ts";
import { startTokenServer, type TokenServer } from "./token-server.ts";

const LOGIN = { username: "alice", password: "s3cret" };
const HTPASSWD = "alice:$2b$04$07Tad0XIUuJVoYL295leUuf58itwZuHehXdIzx7U3Ttnhoy1NsLJa\n";

describe.skipIf(dockerRegistry === undefined)("a real docker-registry", () => {
  let folder: string;
  let seeded: Seed;
  let open: DockerRegistry;
  let htpasswd: DockerRegistry;
  let token: DockerRegistry;
  let tokens: TokenServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "oakum-real-registry-"));
    const root = join(folder, "storage");
    await writeFile(join(folder, "htpasswd"), HTPASSWD);
    tokens = await startTokenServer(LOGIN);
    open = await startDockerRegistry(root);
    htpasswd = await startDockerRegistry(root, {
      auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } },
    });
    token = await startDockerRegistry(root, { auth: tokens.auth });
    seeded = await seed(open.url);
  });

  afterAll(async () => {
    await Promise.all([open, htpasswd, token].map((registry) => registry.close()));
    await tokens.close();
    await rm(folder, { recursive: true });
  });

  const subject = (registry: () => DockerRegistry, login?: typeof LOGIN) => async () => {
    const client = loopbackClient({ credentials: async () => login });
    return { registry: client, host: registry().host, seed: seeded, close: () => client.close() };
  };
  describeRegistry(
    "open",
    subject(() => open),
  );
  describeRegistry(
    "with htpasswd",
    subject(() => htpasswd, LOGIN),
  );
  describeRegistry(
    "with tokens",
    subject(() => token, LOGIN),
  );

  describe("and docker-registry-client as the oracle", () => {
    test.each(["1.2", "latest", "docker", "single"])("the digest of team/app:%s", async (tag) => {
      for (const [registry, login] of [
        [open, {}],
        [htpasswd, LOGIN],
        [token, LOGIN],
      ] as const) {
        const oracle = createOracle(registry.host, "team/app", login);
        const client = loopbackClient({ credentials: async () => LOGIN });
        const ours = await client.resolve({ registry: registry.host, repository: "team/app", tag });
        expect(ours?.digest).toBe(await oracle.digest(tag));
        oracle.close();
        await client.close();
      }
    });

    test("the tags", async () => {
      const oracle = createOracle(open.host, "team/tags");
      expect((await oracle.tags()).toSorted()).toEqual(MANY_TAGS);
      oracle.close();
    });

    test("where it is wrong: a valid index without a media type, and a refused password that reads as not found", async () => {
      const unlisted = createOracle(open.host, "team/app");
      await expect(unlisted.digest("bare")).rejects.toThrow();
      unlisted.close();
      const stranger = createOracle(htpasswd.host, "team/app", { username: "alice", password: "wrong" });
      await expect(stranger.digest("1.2")).rejects.toMatchObject({ statusCode: 404 });
      stranger.close();
    });
  });

  test.each([
    ["without a login", undefined],
    ["with a wrong password", { username: "alice", password: "wr0ng-pa55" }],
  ])("denies entry %s, and does not say 'no such tag'", async (_, login) => {
    for (const registry of [htpasswd, token]) {
      const client = loopbackClient({ credentials: async () => login });
      const asked = client.resolve({ registry: registry.host, repository: "team/app", tag: "1.2" });
      await expect(asked).rejects.toMatchObject({ code: "DENIED", message: expect.not.stringContaining("wr0ng-pa55") });
      await client.close();
    }
  });

  test("costs one token for many questions at once about one repository", async () => {
    const client = loopbackClient({ credentials: async () => LOGIN });
    const before = tokens.asked.length;
    const reference = { registry: token.host, repository: "team/app", tag: "1.2" };
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.resolve(reference)));
    expect(new Set(answers.map((answer) => answer?.digest))).toEqual(new Set([seeded.index]));
    expect(tokens.asked.slice(before)).toEqual(["repository:team/app:pull"]);
    await client.close();
  });

  test("tells of a push, and the hook reads it", async () => {
    const token = "hook-secret";
    const hook = createDistributionHook({ registry: "registry.acme.example", token });
    const { promise: told, resolve } = Promise.withResolvers<readonly ImageReference[]>();
    const receiver = createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request));
      const references = hook.parse(new Headers(request.headers as Record<string, string>), body);
      response.writeHead(200).end();
      if (references.length > 0) resolve(references);
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const endpoints = [
      {
        name: "oakum",
        url,
        headers: { Authorization: [`Bearer ${token}`] },
        timeout: "5s",
        threshold: 5,
        backoff: "1s",
      },
    ];
    const registry = await startDockerRegistry(join(folder, "notifying"), { notifications: { endpoints } });
    await pushImage(registry.url, "team/app", ["1.3"], { layers: [await layer({ a: "b" })] });
    expect(await told).toEqual([{ registry: "registry.acme.example", repository: "team/app", tag: "1.3" }]);
    await registry.close();
    receiver.closeAllConnections();
    receiver.close();
  });
});
