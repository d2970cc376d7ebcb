import { describe, expect, test } from "vitest";
import { bearer, LOGIN } from "./bearer-registry.ts";
import { against, scriptedRegistry, serveJson, serveStatus } from "./scripted-registry.ts";

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
