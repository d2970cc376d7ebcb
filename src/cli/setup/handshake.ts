import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { sha256 } from "../../core/hash.ts";
import { donePage, failedPage, type ManifestForm, refusedPage, STYLE_SOURCE, shownPage, startPage } from "./pages.ts";

const CODE = /^[\w-]{1,200}$/;

/** One walk through GitHub's manifest flow, from this machine's browser to GitHub and back. */
export interface Handshake<T> {
  /** The form for the browser, given where GitHub sends it back to and the state that it must bring along. */
  form(redirect: string, state: string): ManifestForm;
  /** Shows the person where to begin. */
  begin(url: string): void;
  /** Does the rest with the code that GitHub gave; only ever called once. */
  complete(code: string): Promise<T>;
  readonly signal: AbortSignal;
}

/**
 * Waits at a loopback address until the browser is back from GitHub, and answers with what `complete` made of the code. Only
 * the state that we gave counts: what else comes here, from a page that a browser of this machine shows, say, is refused, and
 * does not end the waiting. The start page, which has the state in it, is at an address that only its reader knows, and shown
 * once: whoever reads that address from the screen or a list of processes comes too late, or is found out.
 * Rejects with the signal's reason when that is aborted.
 */
export async function shakeHands<T>(handshake: Handshake<T>): Promise<T> {
  const state = randomBytes(24).toString("base64url");
  const start = `/start/${randomBytes(24).toString("base64url")}`;
  const ended = Promise.withResolvers<T>();
  const routes = new Hono<{ Variables: { secureHeadersNonce: string } }>();
  const server = createAdaptorServer({ fetch: routes.fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  routes.use(
    secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], scriptSrc: [NONCE], styleSrc: [STYLE_SOURCE] } }),
  );
  routes.use(async (context, next) => {
    context.header("cache-control", "no-store");
    // A name that was made to lead here (DNS rebinding) is not ours.
    return context.req.header("host") === host ? next() : context.text("unknown host\n", 421);
  });
  let isShown = false;
  routes.get(start, (context) => {
    // A look at what is there takes nothing away.
    if (context.req.method !== "GET") return context.body(null, 405);
    if (isShown) return context.html(shownPage(), 410);
    isShown = true;
    return context.html(startPage(handshake.form(`http://${host}/callback`, state), context.get("secureHeadersNonce")));
  });
  let isTaken = false;
  routes.get("/callback", async (context) => {
    const { code = "", state: brought = "" } = context.req.query();
    if (isTaken || !CODE.test(code) || !isSame(brought, state)) return context.html(refusedPage(), 400);
    isTaken = true;
    const isDone = await handshake.complete(code).then(
      (value) => {
        ended.resolve(value);
        return true;
      },
      (error: unknown) => {
        ended.reject(error);
        return false;
      },
    );
    return context.html(isDone ? donePage() : failedPage(), isDone ? 200 : 502);
  });

  handshake.signal.addEventListener("abort", () => ended.reject(handshake.signal.reason), { once: true });
  try {
    handshake.begin(`http://${host}${start}`);
    return await ended.promise;
  } finally {
    await close(server);
  }
}

/** In the same time whatever stands there. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
}

/** The answer that is under way reaches the browser. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 2000);
  await closed;
  clearTimeout(patience);
}
