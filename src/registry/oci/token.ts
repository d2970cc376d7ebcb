import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import { type Credential, REFRESH_TOKEN_USER } from "../registry.ts";

/** Seconds that a token lives when its server does not say (the distribution token specification). */
const DEFAULT_LIFE = 60;
const LONGEST_LIFE = 86_400;

interface Token {
  readonly value: string;
  /** Seconds, from its arrival. */
  readonly life: number;
}

/** A request for a token, as its server wants it. */
export interface TokenRequest {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

// Visible ASCII: anything else has no place in a header.
const tokenText = z.string().regex(/^[\x21-\x7e]+$/);
const tokenAnswer = z.object({
  token: tokenText.nullish().catch(undefined),
  access_token: tokenText.nullish().catch(undefined),
  expires_in: z.number().finite().catch(DEFAULT_LIFE),
});

/** The value of an Authorization header of scheme Basic (RFC 7617). */
export function basicAuthorization({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/**
 * How to ask `realm` for a token: by the distribution token specification, or by its OAuth 2 form where the credential is a
 * refresh token.
 */
export function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credential: Credential | undefined,
): TokenRequest {
  const url = new URL(realm);
  if (credential?.username === REFRESH_TOKEN_USER) {
    const form = { grant_type: "refresh_token", client_id: "oakum", scope, refresh_token: credential.password };
    const body = new URLSearchParams(service === undefined ? form : { ...form, service }).toString();
    return { url, method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body };
  }
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", scope);
  return {
    url,
    method: "GET",
    headers: credential === undefined ? {} : { authorization: basicAuthorization(credential) },
  };
}

/** The token in a token server's answer, under either of its two names. INPUT when there is none. */
export function parseToken(body: Uint8Array): Token {
  const answer = tokenAnswer.safeParse(parseJson(body));
  const value = answer.data?.token ?? answer.data?.access_token;
  if (answer.data === undefined || value == null)
    throw new AppError("INPUT", "the token server's answer has no usable token");
  return { value, life: Math.min(Math.max(answer.data.expires_in, 0), LONGEST_LIFE) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
