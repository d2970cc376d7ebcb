import { createPublicKey, verify } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { App } from "../state/access.ts";

const longestLife = 600;
const allowedSkew = 60;
const undecodable = () => new Refusal(401, "A JSON web token could not be decoded");

/** The App that signed a JWT, by GitHub's rules: RS256, issued not in the future, expiring within ten minutes. */
export function authenticateApp(jwt: string, findApp: (issuer: string) => App | undefined, now: number): App {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const { alg } = decode(head);
  const { iss, iat, exp } = decode(claims);
  if (alg !== "RS256") throw undecodable();
  const app = findApp(String(iss));
  if (app === undefined || app.publicKey === "") throw new Refusal(401, "Integration not found");
  const key = createPublicKey(app.publicKey);
  if (!verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")))
    throw undecodable();
  checkTimes(iat, exp, now / 1000);
  return app;
}

function checkTimes(iat: unknown, exp: unknown, seconds: number): void {
  if (!Number.isInteger(iat) || (iat as number) > seconds + allowedSkew) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (!Number.isInteger(exp) || (exp as number) <= seconds) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if ((exp as number) > seconds + longestLife) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

function decode(part: string): { readonly [claim: string]: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    throw undecodable();
  }
  throw undecodable();
}
