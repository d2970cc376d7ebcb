import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { AppError } from "../core/errors.ts";
import type { Watched } from "./audience.ts";
import type { HealthParts } from "./health-routes.ts";
import { createRoutes, type RouteParts } from "./routes.ts";
import { createWorkerRoutes } from "./worker-routes.ts";

export interface Server {
  /** Starts to listen, on the loopback interface unless told otherwise; port 0 takes a free one. Answers with the address. */
  listen(port: number, hostname?: string): Promise<{ readonly url: string }>;
  /** From now on `/readyz` says yes, as long as the store answers. */
  ready(): void;
  /** `/readyz` says no, no connection is accepted any more, and the requests under way are waited for. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
/** Milliseconds: for the whole request to arrive, and for those under way to end when we stop. */
const REQUEST_TIMEOUT = 30_000;
const CLOSE_TIMEOUT = 10_000;

/** Our HTTP server: webhooks, registry hooks, health, metrics and the page. */
export function createServer(parts: Omit<RouteParts, "isReady">): Server {
  return serverOf((isReady) => createRoutes({ ...parts, isReady }));
}

/** A worker's: health and metrics. */
export function createWorkerServer(parts: Omit<HealthParts, "isReady">): Server {
  return serverOf((isReady) => createWorkerRoutes({ ...parts, isReady }));
}

function serverOf(createRoutes: (isReady: () => boolean) => Hono<Watched>): Server {
  let state: "starting" | "ready" | "stopping" = "starting";
  const routes = createRoutes(() => state === "ready");
  const server = createAdaptorServer({
    fetch: routes.fetch,
    serverOptions: { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT, maxHeaderSize: 16 * 1024 },
  }) as HttpServer;
  return {
    listen: (port, hostname = LOOPBACK) => listen(server, port, hostname),
    ready: () => {
      if (state === "starting") state = "ready";
    },
    close: () => {
      state = "stopping";
      return close(server);
    },
  };
}

async function listen(server: HttpServer, port: number, hostname: string): Promise<{ readonly url: string }> {
  server.listen(port, hostname);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new AppError("INPUT", `cannot listen on ${hostname}:${port}`, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { url: `http://${host}:${address.port}` };
}

async function close(server: HttpServer): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
  await closed;
  clearTimeout(patience);
}
