import { describe, expect, test } from "vitest";
import type { OciRegistryOptions } from "../../src/registry/oci/client.ts";
import { type Answerer, BASIC, bearer, counter, LOGIN, tokenCalls } from "./bearer-registry.ts";
import { against, INDEX_DIGEST, serveIndex, serveJson, serveStatus } from "./scripted-registry.ts";

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
