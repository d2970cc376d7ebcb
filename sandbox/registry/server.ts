import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { continueUpload, describeUpload, dropUpload, finishUpload, getBlob, startUpload } from "./blobs.ts";
import { answer, type Call } from "./call.ts";
import { listReferrers, listTags } from "./lists.ts";
import { drop, getManifest, putManifest } from "./manifests.ts";
import { createNotifications, type NotificationEndpoint } from "./notification.ts";
import { Problem } from "./problem.ts";
import { openStorage } from "./storage.ts";

export interface RegistryOptions {
  /** The folder that holds the registry's state; made if missing. */
  readonly state: string;
  /** 0 or absent: any free one. */
  readonly port?: number;
  readonly notify?: NotificationEndpoint;
}

export interface RunningRegistry {
  readonly url: string;
  close(): Promise<void>;
}

type Handler = (call: Call) => Promise<void>;

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}

const NAME = /^(?=.{1,255}$)[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

const ROUTES: readonly Route[] = [
  {
    path: /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    methods: { GET: getManifest, HEAD: getManifest, PUT: putManifest, DELETE: drop },
  },
  { path: /^\/v2\/(.+)\/blobs\/uploads\/()$/, methods: { POST: startUpload } },
  {
    path: /^\/v2\/(.+)\/blobs\/uploads\/([0-9a-f-]+)$/,
    methods: { GET: describeUpload, PATCH: continueUpload, PUT: finishUpload, DELETE: dropUpload },
  },
  { path: /^\/v2\/(.+)\/blobs\/([^/]+)$/, methods: { GET: getBlob, HEAD: getBlob } },
  { path: /^\/v2\/(.+)\/tags\/list()$/, methods: { GET: listTags } },
  { path: /^\/v2\/(.+)\/referrers\/([^/]+)$/, methods: { GET: listReferrers } },
];

/** A small OCI registry on loopback (OCI distribution specification 1.1: pull, push, content discovery), open to everyone. */
export async function startRegistry({ state, port = 0, notify }: RegistryOptions): Promise<RunningRegistry> {
  const storage = await openStorage(state);
  const notifications = createNotifications(notify);
  let requests = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const base = { request, response, storage, notify: notifications.notify };
    const root: Call = { ...base, query: new URLSearchParams(), repository: "", reference: "" };
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    try {
      const [path = "/", query = ""] = (request.url ?? "/").split("?");
      // Not part of the protocol: how many requests Oakum made, for whoever counts them.
      if (path === "/_sandbox/requests") return answer(root, 200, {}, { count: requests });
      if (request.headers["user-agent"]?.startsWith("oakum")) requests += 1;
      if (/^\/v2\/?$/.test(path)) return answer(root, 200, {}, {});
      const { handler, repository, reference } = route(request.method ?? "", path);
      await handler({ ...base, query: new URLSearchParams(query), repository, reference });
    } catch (error) {
      refuse(root, error);
    }
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void handle(request, response));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await notifications.stop();
      await closed;
    },
  };
}

function route(method: string, path: string) {
  const found = ROUTES.map((one) => ({ ...one, match: one.path.exec(path) })).find(({ match }) => match !== null);
  const [, repository = "", reference = ""] = found?.match ?? [];
  if (found === undefined) throw new Problem(404, "UNSUPPORTED", "no such endpoint");
  if (!NAME.test(repository)) throw new Problem(400, "NAME_INVALID", "not a repository name");
  const handler = found.methods[method];
  if (handler === undefined) throw new Problem(405, "UNSUPPORTED", "no such method here");
  return { handler, repository, reference: reference.replace(/%3a/i, ":") };
}

function refuse(call: Call, error: unknown): void {
  if (call.response.headersSent || call.response.destroyed) {
    // The client hung up, or must learn from a broken connection that this body is not whole.
    call.response.destroy();
    return;
  }
  const problem = error instanceof Problem ? error : new Problem(500, "UNKNOWN", "the registry is at fault");
  if (problem !== error) process.stderr.write(`registry: ${error instanceof Error ? error.stack : error}\n`);
  answer(call, problem.status, {}, problem);
}
