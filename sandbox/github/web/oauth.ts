import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { clientId } from "../access/actor.ts";
import type { App, Authorization } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import { toTimestamp, type World } from "../world.ts";
import { chooseLoginPage, missingPage } from "./pages.ts";
import { POLICY, type WebAnswer } from "./web.ts";

const codeLife = 600_000;
const tokenLife = 8 * 3_600_000;

export const AUTHORIZE = "/login/oauth/authorize";
export const ACCESS_TOKEN = "/login/oauth/access_token";

/**
 * Where an App sends a person to say who they are ("Generating a user access token for a GitHub App"). GitHub knows the person
 * by its own cookie, and here they say it themselves: by `login`, or in a form. Who was known before is sent back at once.
 */
export async function authorize(world: World, { searchParams: query }: URL): Promise<WebAnswer> {
  const app = world.state.find("app", (one) => clientId(one) === query.get("client_id"));
  const redirect = query.get("redirect_uri") ?? app?.callbackUrls?.[0];
  const isListed = redirect !== undefined && app?.callbackUrls?.some((one) => redirect.startsWith(one));
  const challenge = query.get("code_challenge");
  const isPlain = challenge !== null && query.get("code_challenge_method") !== "S256";
  if (app === undefined || redirect === undefined || isListed !== true || isPlain) return show(404, missingPage());
  const login = query.get("login");
  if (login === null) return show(200, chooseLoginPage(app.slug, [...query]));
  const back = new URL(redirect);
  const state = query.get("state");
  if (state !== null) back.searchParams.set("state", state);
  if (query.get("cancel") !== null) back.searchParams.set("error", "access_denied");
  else back.searchParams.set("code", await world.transact(() => giveCode(world, app, login, challenge)));
  return { status: 302, headers: { location: back.href }, html: "" };
}

function giveCode(world: World, app: App, login: string, challenge: string | null): string {
  const id = randomBytes(10).toString("hex");
  const expiresAt = toTimestamp(world.now() + codeLife);
  world.state.put("authorization", { id, app: app.id, login, challenge, expiresAt });
  return id;
}

/** A code for a token: once, for the App that it was given to, and for whoever knows what the challenge was made of. */
export function exchangeCode(world: World, form: URLSearchParams): Promise<Json> {
  return world.transact(() => {
    const app = world.state.find("app", (one) => clientId(one) === form.get("client_id"));
    if (app === undefined || !isSame(app.clientSecret ?? "", form.get("client_secret") ?? "")) {
      return {
        error: "incorrect_client_credentials",
        error_description: "The client_id and/or client_secret passed are incorrect.",
      };
    }
    const given = world.state.get("authorization", form.get("code") ?? "");
    if (given === undefined || given.app !== app.id || !isFresh(world, given) || !answers(given, form)) {
      return { error: "bad_verification_code", error_description: "The code passed is incorrect or expired." };
    }
    world.state.remove("authorization", given.id);
    const id = `ghu_${randomBytes(18).toString("hex")}`;
    const expiresAt = toTimestamp(world.now() + tokenLife);
    world.state.put("token", { id, kind: "user", login: given.login, repositories: [], app: app.id, expiresAt });
    const refresh = { refresh_token: `ghr_${randomBytes(38).toString("hex")}`, refresh_token_expires_in: 15_897_600 };
    return { access_token: id, expires_in: tokenLife / 1000, ...refresh, token_type: "bearer", scope: "" };
  });
}

function isFresh(world: World, { expiresAt }: Authorization): boolean {
  return Date.parse(expiresAt) > world.now();
}

function answers({ challenge }: Authorization, form: URLSearchParams): boolean {
  if (challenge === null) return true;
  const verifier = form.get("code_verifier") ?? "";
  return isSame(createHash("sha256").update(verifier).digest("base64url"), challenge);
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
}

async function show(status: number, html: ReturnType<typeof missingPage>): Promise<WebAnswer> {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${POLICY}; form-action 'self'`,
  };
  return { status, headers, html: String(await html) };
}
