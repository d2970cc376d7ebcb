import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isLoopbackName } from "./audience.ts";

/** `session`: who is logged in. `login`: a login on its way to GitHub and back. `known`: a browser that logged in before. */
type Kind = "session" | "login" | "known";

/** The value of a cookie of ours, which anyone may have made up; `undefined` when there is none. */
export function readCookie(context: Context, kind: Kind): string | undefined {
  return getCookie(context, nameOf(context, kind));
}

/** For as long as the browser runs, unless `maxAge` (seconds) says otherwise. No script reads it, and no other site's page sends it. */
export function writeCookie(context: Context, kind: Kind, value: string, maxAge?: number): void {
  const terms = { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure(context) } as const;
  setCookie(context, nameOf(context, kind), value, { ...terms, ...(maxAge !== undefined && { maxAge }) });
}

export function dropCookie(context: Context, kind: Kind): void {
  deleteCookie(context, nameOf(context, kind), { path: "/", secure: isSecure(context) });
}

/** Whether cookies go over TLS alone; on this machine there is no TLS, and nobody in between. */
function isSecure(context: Context): boolean {
  return !isLoopbackName(context.req.header("host"));
}

/** `__Host-`: a browser takes it over TLS alone, from this very host. */
function nameOf(context: Context, kind: Kind): string {
  return `${isSecure(context) ? "__Host-" : ""}oakum-${kind}`;
}
