import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { OciRegistryOptions } from "../../src/registry/oci/client.ts";
import {
  against,
  INDEX_DIGEST,
  type ScriptedRegistry,
  scriptedRegistry,
  serveIndex,
  serveJson,
  serveStatus,
} from "./scripted-registry.ts";

const LOGIN = { username: "alice", password: "s3cret" };
const BASIC = `Basic ${Buffer.from("alice:s3cret").toString("base64")}`;

type Answerer = (request: IncomingMessage, response: ServerResponse, registry: ScriptedRegistry) => void;

interface BearerScript {
  /** The tokens that are good, which a test may change. */
  readonly good: Set<string>;
  readonly token: Answerer;
  readonly challenge?: (registry: ScriptedRegistry) => string;
}

/** A registry with a token server under `/token`. */
function bearer({ good, token, challenge }: BearerScript): Answerer {
  return (request, response, registry) => {
    if (request.url?.startsWith("/token")) return token(request, response, registry);
    const [scheme, value = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme === "Bearer" && good.has(value)) return serveIndex(response);
    const header = challenge?.(registry) ?? `Bearer realm="${registry.url}/token",service="r"`;
    serveStatus(response, 401, { "www-authenticate": header });
  };
}

/** t1, t2, and so on. */
function counter(): () => string {
  let issued = 0;
  return () => {
    issued += 1;
    return `t${issued}`;
  };
}

const tokenCalls = ({ requests }: ScriptedRegistry) => requests.filter((line) => line.includes("/token"));

describe("tokens", () => {
  test.each(["token", "access_token"])("under the name of %s", async (name) => {
    const { client, server, tagged } = await against(
      bearer({ good: new Set(["t1"]), token: (_, response) => serveJson(response, { [name]: "t1" }) }),
    );
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(tokenCalls(server)).toEqual(["GET /token?service=r&scope=repository%3Ateam%2Fapp%3Apull"]);
  });

  test("that expire at the registry are renewed once, however many questions meet it", async () => {
    const good = new Set(["t1"]);
    const next = counter();
    const { client, server, tagged } = await against(
      bearer({ good, token: (_, response) => serveJson(response, { token: next(), expires_in: 3_600 }) }),
    );
    await client.resolve(tagged);
    good.clear();
    good.add("t2");
    const answers = await Promise.all(Array.from({ length: 60 }, () => client.resolve(tagged)));
    expect(answers.every((answer) => answer?.digest === INDEX_DIGEST)).toBe(true);
    expect(tokenCalls(server)).toHaveLength(2);
  });

  test("are renewed before they expire", async () => {
    let now = 0;
    const next = counter();
    const { client, server, tagged } = await against(
      bearer({
        good: new Set(["t1", "t2"]),
        token: (_, response) => serveJson(response, { token: next(), expires_in: 100 }),
      }),
      { now: () => now },
    );
    await client.resolve(tagged);
    now = 79_999;
    await client.resolve(tagged);
    expect(tokenCalls(server)).toHaveLength(1);
    now = 80_000;
    await client.resolve(tagged);
    expect(tokenCalls(server)).toHaveLength(2);
    expect(server.requests.at(-1)).toContain("Bearer t2");
  });

  test("that the registry never takes end in DENIED", async () => {
    const { client, server, tagged } = await against(
      bearer({ good: new Set(), token: (_, response) => serveJson(response, { token: "useless" }) }),
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({
      code: "DENIED",
      message: expect.not.stringContaining("useless"),
    });
    expect(tokenCalls(server).length).toBeLessThanOrEqual(2);
  });

  test("without the scope are not asked for again", async () => {
    const { client, server, tagged } = await against(
      bearer({
        good: new Set(),
        token: (_, response) => serveJson(response, { token: "narrow" }),
        challenge: ({ url }) => `Bearer realm="${url}/token",error="insufficient_scope"`,
      }),
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "DENIED" });
    expect(tokenCalls(server)).toHaveLength(1);
  });

  test.each([
    ["no token", {}],
    ["a token that would break a header", { token: "a\r\nb" }],
    ["no object", []],
  ])("a token server that answers with %s", async (_, answer) => {
    const { client, tagged } = await against(
      bearer({ good: new Set(), token: (_, response) => serveJson(response, answer) }),
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT" });
  });

  test.each([
    [401, {}, { code: "DENIED" }],
    [404, {}, { code: "DENIED" }],
    [302, { location: "http://127.0.0.1:1/" }, { code: "DENIED" }],
    [429, { "retry-after": "7" }, { code: "UNAVAILABLE", retryAfter: 7 }],
    [500, {}, { code: "UNAVAILABLE" }],
  ])("a token server that answers %i", async (status, headers, error) => {
    const { client, tagged } = await against(
      bearer({
        good: new Set(),
        token: (_, response) => serveStatus(response, status, headers as Record<string, string>),
      }),
      { credentials: async () => LOGIN },
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({
      ...error,
      message: expect.not.stringContaining("s3cret"),
    });
  });

  test("a refresh token goes by OAuth 2", async () => {
    let form = "";
    const { client, tagged } = await against(
      bearer({
        good: new Set(["t1"]),
        token: async (request, response) => {
          form = Buffer.concat(await Array.fromAsync(request)).toString("utf8");
          serveJson(response, { access_token: "t1" });
        },
      }),
      { credentials: async () => ({ username: "<token>", password: "refresh" }) },
    );
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: "refresh",
      scope: "repository:team/app:pull",
    });
  });
});

describe("challenges", () => {
  test("two in one header: the token is preferred, wherever it stands", async () => {
    for (const order of [
      (basic: string, token: string) => `${basic}, ${token}`,
      (basic: string, token: string) => `${token}, ${basic}`,
    ]) {
      const { client, server, tagged } = await against(
        bearer({
          good: new Set(["t1"]),
          token: (_, response) => serveJson(response, { token: "t1" }),
          challenge: ({ url }) => order('Basic realm="a, b"', `Bearer realm="${url}/token",service="r"`),
        }),
        { credentials: async () => LOGIN },
      );
      expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
      expect(tokenCalls(server)).toEqual([expect.stringContaining(BASIC)]);
    }
  });

  const basic: Answerer = (request, response) =>
    request.headers.authorization === BASIC
      ? serveIndex(response)
      : serveStatus(response, 401, { "www-authenticate": 'Basic realm="r"' });

  test("basic: asked for once, then sent at once", async () => {
    const { client, server, tagged } = await against(basic, { credentials: async () => LOGIN });
    await client.resolve(tagged);
    await client.resolve(tagged);
    expect(server.requests.map((line) => line.endsWith(BASIC))).toEqual([false, true, true]);
  });

  test("a refused password is not tried until the account is locked", async () => {
    const options: Partial<OciRegistryOptions> = { credentials: async () => ({ ...LOGIN, password: "wrong" }) };
    const { client, server, name } = await against(basic, options);
    for (let number = 0; number < 40; number += 1) {
      await expect(client.resolve({ ...name, repository: `team/app${number}` })).rejects.toMatchObject({
        code: "DENIED",
      });
    }
    expect(server.requests.filter((line) => line.includes("Basic"))).toHaveLength(5);
  });

  test("repositories that a good password may not read do not lock it", async () => {
    const { client, name } = await against(
      (request, response, registry) =>
        request.url?.includes("/v2/secret")
          ? serveStatus(response, 401, { "www-authenticate": "Basic" })
          : basic(request, response, registry),
      { credentials: async () => LOGIN },
    );
    for (let number = 0; number < 10; number += 1) {
      await expect(client.resolve({ ...name, repository: `secret${number}` })).rejects.toMatchObject({
        code: "DENIED",
      });
      expect((await client.resolve(name))?.digest).toBe(INDEX_DIGEST);
    }
  });

  test.each([401, 403])("a %i without a way in is DENIED", async (status) => {
    const { client, tagged } = await against((_, response) => serveStatus(response, status));
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "DENIED" });
  });
});

describe("a realm elsewhere", () => {
  test("gets no login, and is not asked", async () => {
    const thief = await scriptedRegistry((_, response) => serveJson(response, { token: "t1" }));
    const { client, tagged } = await against(
      bearer({
        good: new Set(["t1"]),
        token: (_, response) => serveStatus(response, 500),
        challenge: () => `Bearer realm="${thief.url.replace("127.0.0.1", "localhost")}/token"`,
      }),
      { credentials: async () => LOGIN, allow: () => ({ state: "allowed", plainHttp: true, private: true }) },
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "DENIED", message: /not trusted/ });
    expect(thief.requests).toEqual([]);
  });

  test.each([
    ["plain http", "http://127.0.0.1:1/token", /not https/],
    ["a private address", "https://127.0.0.1:1/token", /not at a public address/],
    ["a login in the address", "https://u:p@127.0.0.1:1/token", /login in it/],
    ["no address", "nonsense", /names no address/],
  ])("is refused for %s", async (_, realm, message) => {
    const registry = await scriptedRegistry((_, response) =>
      serveStatus(response, 401, { "www-authenticate": `Bearer realm="${realm}"` }),
    );
    const { client } = await against(() => undefined, {
      credentials: async () => LOGIN,
      allow: (host) =>
        host === registry.host ? { state: "allowed", plainHttp: true, private: true } : { state: "denied" },
    });
    const asked = client.resolve({ registry: registry.host, repository: "team/app" });
    await expect(asked).rejects.toMatchObject({ code: "DENIED", message });
  });

  test("is asked where the operator trusts it for this registry, at public addresses only", async () => {
    const looked: string[] = [];
    const registry = await scriptedRegistry((_, response) =>
      serveStatus(response, 401, { "www-authenticate": 'Bearer realm="https://auth.example/token"' }),
    );
    const { client } = await against(() => undefined, {
      allow: (host) =>
        host === registry.host ? { state: "allowed", plainHttp: true, private: true } : { state: "denied" },
      trustedRealms: { [registry.host]: ["auth.example"] },
      resolver: (host, done) => {
        looked.push(host);
        done(null, [
          { address: "203.0.114.1", family: 4 },
          { address: "::ffff:169.254.169.254", family: 6 },
        ]);
      },
    });
    const asked = client.resolve({ registry: registry.host, repository: "team/app" });
    await expect(asked).rejects.toMatchObject({ code: "DENIED", message: /not at a public address/ });
    expect(looked).toEqual(["auth.example"]);
  });
});
