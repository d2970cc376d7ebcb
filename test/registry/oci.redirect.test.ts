import { describe, expect, test } from "vitest";
import { sha256 } from "../../sandbox/registry/layer.ts";
import { against, INDEX_DIGEST, scriptedRegistry, serveIndex, serveStatus } from "./scripted-registry.ts";

const BLOB = Buffer.from("a blob");
const LOGIN = { username: "alice", password: "s3cret" };

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])("%i, absolute and relative", async (status) => {
    const { client, tagged, server } = await against((request, response, { url }) => {
      if (request.url?.startsWith("/v2/")) serveStatus(response, status, { location: `${url}/one/two` });
      else if (request.url === "/one/two") serveStatus(response, status, { location: "../three?x=1" });
      else serveIndex(response);
    });
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(server.requests.slice(1)).toEqual(["HEAD /one/two", "HEAD /three?x=1"]);
  });

  test("take no login to another origin", async () => {
    const storage = await scriptedRegistry((_, response) => response.writeHead(200).end(BLOB));
    const { client, name } = await against(
      (request, response) =>
        request.headers.authorization === undefined
          ? serveStatus(response, 401, { "www-authenticate": 'Basic realm="r"' })
          : serveStatus(response, 307, { location: `${storage.url}/blob?signature=1` }),
      { credentials: async () => LOGIN },
    );
    const image = { ...name, digest: INDEX_DIGEST };
    const stream = await client.blob(image, sha256(BLOB));
    expect(await new Response(stream).text()).toBe("a blob");
    expect(storage.requests).toEqual(["GET /blob?signature=1"]);
  });

  test.each([
    ["404", 404, "UNAVAILABLE"],
    ["401", 401, "DENIED"],
  ])("a %s of another origin is no answer of the registry", async (_, status, code) => {
    const storage = await scriptedRegistry((_, response) =>
      serveStatus(response, status, { "www-authenticate": "Basic" }),
    );
    const { client, tagged } = await against(
      (_, response) => serveStatus(response, 307, { location: `${storage.url}/x?secret=token` }),
      { credentials: async () => LOGIN, limits: { retries: 0 } },
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining("secret"),
    });
    expect(storage.requests).toEqual(["HEAD /x?secret=token"]);
  });

  test.each([
    ["in circles", "/v2/team/app/manifests/1", "INPUT"],
    ["to nowhere", undefined, "INPUT"],
    ["to a file", "file:///etc/passwd", "DENIED"],
    ["to an address with a login", "http://u:p@127.0.0.1:1/", "DENIED"],
    ["to loopback", "https://127.0.0.1:1/", "DENIED"],
    ["to loopback by name", "https://localhost:1/", "DENIED"],
    ["to loopback in disguise", "https://0x7f.1:1/", "DENIED"],
    ["to loopback over IPv6", "https://[::1]:1/", "DENIED"],
    ["to an IPv4-mapped address", "https://[::ffff:10.0.0.1]/", "DENIED"],
    ["through NAT64", "https://[64:ff9b::a9fe:a9fe]/", "DENIED"],
    ["to a metadata service", "https://169.254.169.254/latest/meta-data/", "DENIED"],
    ["to plain http", "http://example.com/", "DENIED"],
  ])("%s are refused", async (_, location, code) => {
    const registry = await scriptedRegistry((_, response) =>
      serveStatus(response, 302, location === undefined ? {} : { location }),
    );
    const { client } = await against(() => undefined, {
      allow: (host) =>
        host === registry.host ? { state: "allowed", plainHttp: true, private: true } : { state: "denied" },
    });
    const asked = client.resolve({ registry: registry.host, repository: "team/app", tag: "1" });
    await expect(asked).rejects.toMatchObject({ code });
  });

  test("a registry at a private address is refused unless it is allowed there", async () => {
    const { client, tagged, server } = await against((_, response) => serveIndex(response), {
      allow: () => ({ state: "allowed", plainHttp: true, private: false }),
    });
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "DENIED", message: /not at a public address/ });
    expect(server.requests).toEqual([]);
  });
});
