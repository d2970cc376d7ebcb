import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { sha256 } from "../../sandbox/registry/layer.ts";
import type { OciRegistryOptions } from "../../src/registry/oci/client.ts";
import { loopbackClient } from "./client.ts";

export interface ScriptedRegistry {
  readonly url: string;
  readonly host: string;
  /** `METHOD path` of every request, with its Authorization header after a space where it had one. */
  readonly requests: readonly string[];
}

export type Script = (request: IncomingMessage, response: ServerResponse, registry: ScriptedRegistry) => void;

/** A server that misbehaves as told, and ends with the test. */
export async function scriptedRegistry(script: Script): Promise<ScriptedRegistry> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push([`${request.method} ${request.url}`, request.headers.authorization ?? []].flat().join(" "));
    script(request, response, registry);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry = { url: `http://${host}`, host, requests };
  return registry;
}

const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

/** An index that is valid and empty. */
export const INDEX = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [] }));
export const INDEX_DIGEST = sha256(INDEX);

/** Answers as a registry that holds `INDEX` under every name; or, told apart by a note, another index for each. */
export function serveIndex(response: ServerResponse, note?: unknown): void {
  const index = typeof note !== "string" ? INDEX : Buffer.from(JSON.stringify({ ...JSON.parse(`${INDEX}`), note }));
  response.writeHead(200, {
    "content-type": INDEX_TYPE,
    "content-length": index.length,
    "docker-content-digest": sha256(index),
  });
  response.end(index);
}

export function serveJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

export function serveStatus(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-length": 0, ...headers }).end();
}

export const REPOSITORY = "team/app";

/** A misbehaving registry, a client for it, and names in it. All end with the test. */
export async function against(script: Script, options: Partial<OciRegistryOptions> = {}) {
  const server = await scriptedRegistry(script);
  const client = loopbackClient(options);
  onTestFinished(() => client.close());
  const name = { registry: server.host, repository: REPOSITORY };
  return { server, client, name, tagged: { ...name, tag: "1" }, pinned: { ...name, digest: INDEX_DIGEST } };
}
