import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { isAppError } from "../core/errors.ts";
import type { Logins } from "../github/logins.ts";
import type { IndexedRepository } from "../store/inverted-index.ts";
import type { Store } from "../store/store.ts";
import { type Audience, onlyHere, type Watched } from "./audience.ts";
import { createBodyRoom } from "./body.ts";
import { type GitHubRouteParts, receiveWebhook } from "./github-route.ts";
import { addHealth } from "./health-routes.ts";
import { addLogin } from "./login.ts";
import type { Metrics } from "./metrics.ts";
import type { PageParts } from "./page/ask/asked.ts";
import { addPages } from "./page-routes.ts";
import { type RegistryRouteParts, receivePush } from "./registry-route.ts";

export interface RouteParts
  extends Omit<GitHubRouteParts & RegistryRouteParts, "room">,
    Pick<PageParts, "isReported" | "limits"> {
  readonly metrics: Metrics;
  /** How people log in; without it the pages are shown on this machine alone. */
  readonly logins?: Logins;
  /** Addresses and networks of the proxies in front of the page. */
  readonly proxies?: readonly string[];
  /** Bytes of bodies that may be in memory at once. */
  readonly bodyRoom?: number;
  isReady(): boolean;
}

/** Rows of the ledger in one answer. */
const MOST_ROWS = 200;
/** Bytes: several of the largest webhooks, or some thousand ordinary ones. */
const BODY_ROOM = 64 * 1024 * 1024;

const ON_THIS_MACHINE: Audience = { assets: onlyHere, pages: onlyHere };

/** Nothing on a page runs, and nothing comes from or goes elsewhere. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Every address that the server answers at. */
export function createRoutes(parts: RouteParts): Hono<Watched> {
  const routes = new Hono<Watched>();
  routes.onError((error, context) => answerError(error, context, parts));
  routes.notFound((context) => context.json({ error: "not found" }, 404));
  routes.use(secureHeaders({ contentSecurityPolicy: POLICY }));
  const receiving = { ...parts, room: createBodyRoom(parts.bodyRoom ?? BODY_ROOM) };
  routes.post("/api/github/webhooks", (context) => receiveWebhook(context, receiving));
  routes.post("/api/registry/:name", (context) => receivePush(context, receiving));
  addHealth(routes, parts);
  routes.get("/api/ledger", onlyHere, async (context) =>
    context.json(await parts.store.ledger.read(sequenceOf(context.req.query("after")), MOST_ROWS)),
  );
  routes.get("/api/uses", onlyHere, async (context) => context.json(await usesByName(parts.store)));
  const { logins } = parts;
  addPages(routes, parts, logins === undefined ? ON_THIS_MACHINE : addLogin(routes, { ...parts, logins }));
  return routes;
}

/** 0, from which everything is after, for what is no sequence number. */
function sequenceOf(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? "") ? Number(text) : 0;
}

/** Every use with its state, by `owner/name`; with its branch, when that is not the default one. */
async function usesByName({ index }: Pick<Store, "index">) {
  const repositories = await index.repositories();
  const usesOf = async (repository: IndexedRepository) => {
    const lines = repository.maintained === undefined ? [] : await index.lines(repository);
    const others = lines.map(async ({ base }) =>
      (await index.uses({ ...repository, base })).map((use) => ({ ...use, base })),
    );
    return [...(await index.uses(repository)), ...(await Promise.all(others)).flat()];
  };
  const named = repositories.map(async (one) => [`${one.owner}/${one.name}`, await usesOf(one)] as const);
  return Object.fromEntries(await Promise.all(named));
}

function answerError(error: Error, context: Context, { log }: RouteParts): Response {
  if (!isAppError(error)) {
    log.error({ err: error, path: context.req.path }, "request failed by a bug");
    return context.json({ error: "internal error" }, 500);
  }
  log.warn({ code: error.code, reason: error.message, path: context.req.path }, "request refused");
  switch (error.code) {
    case "INPUT":
      return context.json({ error: "malformed" }, 400);
    case "DENIED":
      return context.json({ error: "denied" }, 401);
    case "UNAVAILABLE":
    case "CONFLICT":
      return context.json({ error: "try again later" }, 503, { "retry-after": String(error.retryAfter ?? 30) });
  }
}
