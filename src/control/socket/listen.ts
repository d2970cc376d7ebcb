import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError, isAppError } from "../../core/errors.ts";
import { type Address, addressOf } from "./address.ts";

interface Parts {
  /** The store's folder, which only its user may enter and only this process uses: the lock must be held. */
  readonly folder: string;
  /** Throws an `AppError` for whoever asked. */
  answer(name: string, input: unknown): Promise<unknown>;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

const LARGEST_REQUEST = 64 * 1024;
/** Milliseconds, for a whole request to arrive. */
const REQUEST_TIMEOUT = 10_000;

/**
 * Answers the commands of this machine on a Unix socket in the store's folder. Who may open it is who may open the store:
 * the folder's user, and root. What a process that died left there is replaced.
 */
export async function listenForControl(parts: Parts): Promise<{ close(): Promise<void> }> {
  const address = await addressOf(parts.folder);
  if (address === undefined) {
    parts.log.warn({ folder: parts.folder }, "the store's path is too long for commands to reach this process");
    return { close: async () => {} };
  }
  const server = createAdaptorServer({
    fetch: routes(parts).fetch,
    serverOptions: { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT, maxHeaderSize: 16 * 1024 },
  }) as Server;
  try {
    await listen(server, address);
  } catch (error) {
    await address.release();
    throw error;
  }
  return { close: () => close(server, address) };
}

function routes({ answer, log }: Parts): Hono {
  const app = new Hono();
  app.get("/", (context) => context.json({ state: "up" }));
  const limit = bodyLimit({
    maxSize: LARGEST_REQUEST,
    onError: (context) => context.json({ error: { code: "INPUT", message: "the request is too large" } }, 413),
  });
  app.post("/:name", limit, async (context) => {
    const text = await context.req.text();
    return context.json({ answer: await answer(context.req.param("name"), parse(text)) });
  });
  app.onError((error, context) => {
    if (isAppError(error)) return context.json({ error: { code: error.code, message: error.message } }, 400);
    log.error({ err: error, request: context.req.path }, "a command's request failed by a bug");
    return context.json({ error: "internal error" }, 500);
  });
  return app;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("INPUT", "a request must be JSON", { cause: error });
  }
}

async function listen(server: Server, { path }: Address): Promise<void> {
  await rm(path, { force: true });
  server.listen({ path });
  await once(server, "listening");
  await chmod(path, 0o600);
}

/** Requests under way are answered first; the socket's file goes with the server. */
async function close(server: Server, address: Address): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
  await address.release();
}
