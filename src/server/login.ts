import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isAppError } from "../core/errors.ts";
import { repositoryKey } from "../core/repository.ts";
import { createLimiter, type Limiter } from "../core/write/limiter.ts";
import type { Logins } from "../github/logins.ts";
import type { Store } from "../store/store.ts";
import type { Audience, Watched } from "./audience.ts";
import { dropCookie, readCookie, writeCookie } from "./cookies.ts";
import { createLoginGate, type LoginGate } from "./login-gate.ts";
import { bare } from "./page/layout.ts";
import { deniedPage, loggedOutPage, loginPage } from "./page/login.ts";

export interface LoginParts {
  readonly store: Store;
  readonly logins: Logins;
  /** Addresses and networks of proxies whose word for who asks is taken; none unless the operator says so. */
  readonly proxies?: readonly string[];
  readonly log: { info(fields: object, message: string): void };
  /** Milliseconds since the epoch. */
  now(): number;
}

type Asked = Context<Watched>;

/**
 * How long it stands what a person may read, in milliseconds. Then GitHub is asked again, by sending the browser there and
 * back: that takes no click, and no token has to be kept for it.
 */
const SESSION = 10 * 60_000;
/** Seconds in which a person comes back from GitHub. */
const ON_THE_WAY = 600;
/** Bytes: a token, and the name of its field. */
const LARGEST_FORM = 1024;
/** Logins for which GitHub is asked at once. */
const AT_ONCE = 4;

/**
 * Login by GitHub: adds its addresses, and answers with who is let through. A session is a random cookie, of which the store
 * has a hash, the login, and the repositories that GitHub says its person may read.
 */
export function addLogin(routes: Hono<Watched>, parts: LoginParts): Audience {
  const gate = createLoginGate({ proxies: parts.proxies ?? [], now: parts.now });
  const limited: MiddlewareHandler<Watched> = async (context, next) => {
    if (gate.lets(context)) return next();
    return context.text("too many logins: try again in a minute\n", 429, { "retry-after": "60" });
  };
  const inTurn = createLimiter(AT_ONCE);
  const small = bodyLimit({ maxSize: LARGEST_FORM, onError: (context) => context.text("too large\n", 413) });
  routes.get("/login", limited, (context) => leave(context, parts));
  routes.get("/login/callback", limited, (context) => arrive(context, { ...parts, gate, inTurn }));
  routes.post("/logout", small, (context) => logOut(context, parts));
  routes.get("/logged-out", (context) => context.html(bare("Logged out", loggedOutPage())));
  return { assets: (_, next) => next(), pages: (context, next) => admit(context, next, parts) };
}

/** To GitHub, with a state and a challenge that only this browser can answer for. */
function leave(context: Asked, { logins }: LoginParts): Response {
  const [state, verifier] = [secret(), secret()];
  const back = safePath(context.req.query("return"));
  const value = Buffer.from(JSON.stringify({ state, verifier, back })).toString("base64url");
  writeCookie(context, "login", value, ON_THE_WAY);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  return context.redirect(logins.address(state, challenge));
}

interface ArrivalParts extends LoginParts {
  readonly gate: LoginGate;
  readonly inTurn: Limiter;
}

/** Back from GitHub. What did not begin in this browser ends here. */
async function arrive(context: Asked, parts: ArrivalParts): Promise<Response> {
  const begun = readBegun(readCookie(context, "login"));
  dropCookie(context, "login");
  const { code, state } = context.req.query();
  if (begun === undefined || state === undefined || !isSame(state, begun.state)) {
    return deny(context, "This login did not begin in this browser, or took too long.");
  }
  if (code === undefined || code.length > 200) return deny(context, "GitHub did not let you in.");
  try {
    const { login, repositories } = await parts.inTurn(() => parts.logins.person(code, begun.verifier));
    const keys = repositories.map(repositoryKey);
    const known = await parts.store.views.names("all", keys);
    if (known.size === 0) return deny(context, "You may read none of the repositories that Oakum looks after.");
    await endSession(context, parts);
    const id = secret();
    const expires = parts.now() + SESSION;
    await parts.store.sessions.save({ id: hash(id), login, repositories: [...known.keys()], expires }, parts.now());
    writeCookie(context, "session", id);
    parts.gate.remember(context);
    parts.log.info({ login, repositories: known.size }, "a person logged in");
    return context.redirect(begun.back);
  } catch (error) {
    if (!isAppError(error, "INPUT", "DENIED")) throw error;
    return deny(context, "GitHub does not take this login, or not any more.");
  }
}

/** Shows a page to who is logged in; sends to GitHub who was until lately, and asks everyone else to log in. */
async function admit(context: Asked, next: () => Promise<void>, { store, now }: LoginParts) {
  const { pathname, search } = new URL(context.req.url);
  const query = new URLSearchParams({ return: pathname + search });
  const id = readCookie(context, "session");
  if (id === undefined) return context.html(bare("Log in", loginPage(`/login?${query}`)), 401);
  const session = await store.sessions.find(hash(id), now());
  if (session === undefined) return context.redirect(`/login?${query}`);
  context.set("viewer", session.repositories);
  context.set("login", session.login);
  context.set("formToken", formToken(id));
  context.header("cache-control", "private, no-store");
  return next();
}

/** Only by our own form: no other page knows the session, by which its token is made. */
async function logOut(context: Asked, parts: LoginParts): Promise<Response> {
  const id = readCookie(context, "session") ?? "";
  const form = new URLSearchParams(await context.req.text());
  if (!isSame(form.get("token") ?? "", formToken(id)))
    return deny(context, "Log out by the button on a page of Oakum.");
  await endSession(context, parts);
  dropCookie(context, "session");
  return context.redirect("/logged-out", 303);
}

async function endSession(context: Asked, { store }: LoginParts): Promise<void> {
  const id = readCookie(context, "session");
  if (id !== undefined) await store.sessions.remove(hash(id));
}

async function deny(context: Asked, why: string): Promise<Response> {
  return context.html(bare("Not logged in", deniedPage(why)), 403);
}

/**
 * A path of ours to go back to; the overview for anything else. A browser takes `//host` and `/\host` for another place, and
 * leaves out some characters before it looks.
 */
export function safePath(text: string | undefined): string {
  if (text === undefined || text.length > 2000 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return "/";
  return /^\/(login|logout|logged-out)\b/.test(text) ? "/" : text;
}

function readBegun(text: string | undefined) {
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8"));
    const { state, verifier, back } = value as Readonly<Record<string, unknown>>;
    if (typeof state !== "string" || typeof verifier !== "string" || typeof back !== "string") return undefined;
    return { state, verifier, back: safePath(back) };
  } catch {
    return undefined;
  }
}

/** 256 bits, in characters that a cookie, an address and PKCE (RFC 7636) allow. */
function secret(): string {
  return randomBytes(32).toString("base64url");
}

function hash(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

function formToken(id: string): string {
  return hash(`form ${id}`);
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
}
