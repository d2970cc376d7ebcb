import type { MiddlewareHandler } from "hono";
import type { Viewer } from "../core/view/viewer.ts";
import { isFromHere } from "./client-address.ts";

/** What a page knows of who looks at it. */
export interface Watched {
  readonly Variables: {
    viewer: Viewer;
    /** Who logged in, and what a form of theirs must carry. */
    login?: string;
    formToken?: string;
  };
}

/** Who is let through to what: the style sheet tells nothing, and the way to the login needs it. */
export interface Audience {
  readonly assets: MiddlewareHandler<Watched>;
  readonly pages: MiddlewareHandler<Watched>;
}

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Lets through who sits at this machine. The name that is asked for keeps out a page whose name was made to lead here
 * (DNS rebinding, 421); anyone can write a name, so the connection must come from here too, and not through a proxy (403).
 */
export const onlyHere: MiddlewareHandler<Watched> = async (context, next) => {
  if (!isLoopbackName(context.req.header("host"))) return context.json({ error: "unknown host" }, 421);
  if (!isFromHere(context)) return context.json({ error: "only shown on the machine itself" }, 403);
  context.set("viewer", "all");
  return next();
};

/** Whether a `Host` header names this machine to itself. */
export function isLoopbackName(host = ""): boolean {
  return LOOPBACK_HOSTS.includes(host.toLowerCase().replace(/:\d{1,5}$/, ""));
}
