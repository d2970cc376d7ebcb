import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticate } from "./access/actor.ts";
import { type Answered, answerRest, type Request } from "./api.ts";
import { openArtifactLink } from "./artifact/link.ts";
import type { Control } from "./control/control.ts";
import type { Faults } from "./control/faults.ts";
import { answerGraphql } from "./graphql/graphql.ts";
import type { Answer } from "./operation.ts";
import { linkHeader } from "./page.ts";
import { rateOf } from "./rate.ts";
import { Refusal } from "./refusal.ts";
import { answerForm, isForm } from "./web/forms.ts";
import { ACCESS_TOKEN, AUTHORIZE, authorize, exchangeCode } from "./web/oauth.ts";
import { answerWeb, isBrowser } from "./web/web.ts";
import type { World } from "./world.ts";

const largestBody = 64 * 1024 * 1024;

/** What a request is answered from. */
export interface Backend {
  readonly world: World;
  readonly faults: Faults;
  readonly control: Control;
}

/** Serves on 127.0.0.1; port 0 takes a free one. */
export async function listen(
  backend: Backend,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    serve(backend, message, response).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function fail(response: ServerResponse, error: unknown): void {
  const refused = error instanceof Refusal;
  if (!refused) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const message = error instanceof Error ? error.message : String(error);
  if (!response.headersSent) response.writeHead(refused ? error.status : 500, { "content-type": "application/json" });
  response.end(JSON.stringify(refused ? error.body() : { message }));
}

async function serve(backend: Backend, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, faults, control } = backend;
  response.setHeader("date", new Date(world.now()).toUTCString());
  const address = new URL(message.url ?? "/", world.url);
  const method = message.method ?? "GET";
  const bytes = await readBody(message);
  if (isForm(method, message.headers)) {
    const form = new URLSearchParams(bytes.toString());
    if (address.pathname === ACCESS_TOKEN)
      return send(response, { status: 200, body: await exchangeCode(world, form) });
    const { status, headers, html } = await answerForm(world, address, form);
    return void response.writeHead(status, headers).end(html);
  }
  const body = parseBody(bytes);
  if (address.pathname.startsWith("/_sandbox/")) {
    return send(response, await control.answer(method, address, body));
  }
  if (address.pathname.startsWith("/_storage/")) {
    return send(response, { status: 200, body: openArtifactLink(world, address), type: "application/zip" });
  }
  if (isBrowser(method, message.headers)) {
    const isLogin = address.pathname === AUTHORIZE;
    const { status, headers, html } = await (isLogin ? authorize(world, address) : answerWeb(world, address.pathname));
    return void response.writeHead(status, headers).end(html);
  }
  const path = address.pathname.replace(/^\/api(\/v3(?=\/)|(?=\/graphql$))/, "");
  const fault = faults.meet(method, path);
  const { authorization, accept = "" } = message.headers;
  const request: Request = { method, path, query: address.searchParams, authorization, accept, body };
  const mishap = faults.befall(authorization);
  const done = fault === undefined && mishap?.isDone !== false ? await answer(backend, request) : undefined;
  const answered: Answered = { ...done, answer: fault ?? mishap?.answer ?? done?.answer ?? { status: 500 } };
  control.log.add(request, answered);
  if (answered.answer.withheld) return void response.destroy();
  const shown = withHeaders(backend, message, address, answered);
  if (fault === undefined && mishap === undefined && isUnchanged(message, shown))
    return send(response, { ...shown, status: 304, body: undefined });
  return send(response, shown);
}

function answer({ world, faults }: Backend, request: Request): Promise<Answered> {
  const graphql = request.path === "/graphql" && request.method === "POST";
  return graphql ? answerGraphql(world, faults, request) : answerRest(world, faults, request);
}

function withHeaders({ world }: Backend, message: IncomingMessage, address: URL, { answer }: Answered): Answer {
  const headers: Record<string, string> = {
    "x-github-request-id": randomUUID(),
    ...rateHeaders(world, message.headers.authorization),
  };
  if (answer.links !== undefined && answer.links.length > 0) headers.link = linkHeader(answer.links, address);
  if (answer.cursor !== undefined) {
    const next = new URL(address);
    next.searchParams.set("cursor", answer.cursor);
    headers.link = `<${next}>; rel="next"`;
  }
  if (message.method === "GET" && answer.status === 200) {
    // Tokens do not share ETags, on GitHub either.
    const { authorization = "", accept = "" } = message.headers;
    const bytes = Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body);
    headers.etag = `W/"${createHash("sha256").update(`${authorization}:${accept}:`).update(bytes).digest("hex")}"`;
  }
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function isUnchanged(message: IncomingMessage, { headers }: Answer): boolean {
  return headers?.etag !== undefined && message.headers["if-none-match"] === headers.etag;
}

function rateHeaders(world: World, authorization: string | undefined): Record<string, string> {
  try {
    const { limit, used, remaining, reset } = rateOf(world, authenticate(world, authorization));
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-used": String(used),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": "core",
    };
  } catch {
    return {};
  }
}

function send(response: ServerResponse, { status, body, headers, type }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.isBuffer(body) || (typeof body === "string" && type !== undefined) ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": type ?? "application/json; charset=utf-8", ...headers }).end(bytes);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Refusal(413, "Payload too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}
