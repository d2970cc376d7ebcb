import { describe, expect, test } from "vitest";
import { against, INDEX, INDEX_DIGEST, REPOSITORY, serveIndex, serveJson, serveStatus } from "./scripted-registry.ts";

const MANIFEST = `/v2/${REPOSITORY}/manifests`;

describe("digests", () => {
  test("a HEAD is enough where it tells the digest", async () => {
    const { client, server, tagged } = await against((_, response) => serveIndex(response));
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
    expect(server.requests).toEqual([`HEAD ${MANIFEST}/1`]);
  });

  test.each([
    ["that tells no digest", 200],
    ["that is not allowed", 405],
  ])("the body is hashed after a HEAD %s", async (_, status) => {
    const { client, tagged } = await against((request, response) =>
      request.method === "HEAD" ? serveStatus(response, status) : response.writeHead(200).end(INDEX),
    );
    expect((await client.resolve(tagged))?.digest).toBe(INDEX_DIGEST);
  });

  test("a page that is no manifest has no digest", async () => {
    const { client, tagged } = await against((_, response) =>
      response.writeHead(200).end("<html>please log in</html>"),
    );
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a body other than the digest names is refused", async () => {
    const { client, pinned } = await against((_, response) => {
      response.writeHead(200, { "docker-content-digest": INDEX_DIGEST }).end(`${INDEX} `);
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT" });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await expect(new Response(blob).bytes()).rejects.toMatchObject({ code: "INPUT" });
  });

  test("another digest than the one asked for is refused", async () => {
    const { client, name } = await against((_, response) => serveIndex(response));
    const digest = `sha256:${"0".repeat(64)}` as const;
    await expect(client.resolve({ ...name, digest })).rejects.toMatchObject({ code: "INPUT" });
  });

  test.each(["v1+json", "v1+prettyjws"])("schema 1 is refused: %s", async (version) => {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 1, name: "x", fsLayers: [] }));
    const { client, tagged } = await against((_, response) => {
      response.writeHead(200, { "content-type": `application/vnd.docker.distribution.manifest.${version}` }).end(body);
    });
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT", message: /schema 1/ });
  });

  test("schema 1 is refused by its content too", async () => {
    const { client, tagged } = await against((_, response) => serveJson(response, { schemaVersion: 1, fsLayers: [] }));
    await expect(client.resolve(tagged)).rejects.toMatchObject({ code: "INPUT", message: /schema 1/ });
  });
});

describe("sizes", () => {
  test("a manifest of 256 MB is not read to its end", async () => {
    const chunk = Buffer.alloc(1024 * 1024, " ");
    let sent = 0;
    const { client, pinned } = await against((_, response) => {
      const more = () => {
        while (sent < 256 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return response.once("drain", more);
        }
        return response.end();
      };
      response.writeHead(200);
      more();
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT", message: /more than 4194304 bytes/ });
    expect(sent).toBeLessThan(64);
  });

  test("a manifest that announces too much is not read at all", async () => {
    const { client, pinned } = await against((_, response) => {
      response.writeHead(200, { "content-length": 256 * 1024 * 1024 }).write(" ");
    });
    await expect(client.manifest(pinned)).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a blob ends at its cap", async () => {
    const { client, pinned } = await against((_, response) => response.writeHead(200).end(INDEX), {
      limits: { blobBytes: 10 },
    });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await expect(new Response(blob).bytes()).rejects.toMatchObject({ code: "INPUT" });
  });
});

describe("the port", () => {
  test("asks nobody about hosts that are not allowed or that only look like one", async () => {
    const { client, server } = await against((_, response) => serveIndex(response), {
      allow: (host) =>
        host === "evil.example" ? { state: "denied" } : { state: "allowed", plainHttp: true, private: true },
    });
    const denied = client.resolve({ registry: "evil.example", repository: REPOSITORY });
    await expect(denied).rejects.toMatchObject({ code: "DENIED" });
    for (const registry of [
      `user:pw@${server.host}`,
      `${server.host}/v2`,
      "0x7f.1:80",
      "EXAMPLE.com",
      "exämple.com",
      "",
    ]) {
      const asked = client.resolve({ registry, repository: REPOSITORY });
      await expect(asked, registry).rejects.toMatchObject({ code: "INPUT" });
    }
    expect(server.requests).toEqual([]);
  });

  test("puts nothing into a path that is not a name, tag or digest", async () => {
    const { client, server, name, pinned } = await against((_, response) => serveIndex(response));
    const bad = "sha256:../../secret" as const;
    await expect(client.resolve({ ...name, repository: "../x" })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.resolve({ ...name, tag: "a/../b" })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.manifest({ ...name, digest: bad })).rejects.toMatchObject({ code: "INPUT" });
    await expect(client.blob(pinned, bad)).rejects.toMatchObject({ code: "INPUT" });
    expect(server.requests).toEqual([]);
  });

  test("says who it is", async () => {
    let agent: string | undefined;
    const { client, tagged } = await against((request, response) => {
      agent = request.headers["user-agent"];
      serveIndex(response);
    });
    await client.resolve(tagged);
    expect(agent).toBe("oakum-test");
  });

  test("keeps its connections, also over HEADs", async () => {
    const ports = new Set<number | undefined>();
    const { client, tagged } = await against((request, response) => {
      ports.add(request.socket.remotePort);
      serveIndex(response);
    });
    for (let asked = 0; asked < 20; asked += 1) await client.resolve(tagged);
    expect(ports.size).toBeLessThan(10);
  });

  test("ends the connection of a blob that nobody wants any more", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { client, pinned } = await against((_, response) => {
      response.once("close", resolve);
      response.writeHead(200).write("x");
    });
    const blob = await client.blob(pinned, INDEX_DIGEST);
    await blob.cancel();
    await closed;
  });
});
