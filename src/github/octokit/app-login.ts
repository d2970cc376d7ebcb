import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Logger } from "pino";
import { AppError } from "../../core/errors.ts";

/** A token that GitHub refused, and what its clock showed then, in milliseconds since the epoch. */
export interface Refused {
  readonly token: string;
  readonly at: number | undefined;
}

/** How the App logs in as itself. */
export interface AppLogin {
  /** A token, dated by GitHub's clock as far as it is known: another one than `refused`, if that was for its date. */
  token(refused?: Refused): string;
  /** The time by GitHub's clock as far as it is known, in milliseconds since the epoch. */
  now(): number;
}

interface AppLoginOptions {
  readonly appId: number | string;
  /** PEM. */
  readonly privateKey: string;
  readonly log: Pick<Logger, "warn">;
  readonly now: () => number;
}

/** Seconds by which a token is dated back, since clocks differ a little, and for which it then holds. GitHub takes ten minutes at most. */
const BACK = 60;
const LIFE = 9 * 60;
/** Milliseconds: a header has whole seconds, and was on its way. */
const SMALL = 5_000;

/**
 * An App's login. Where this machine's clock is wrong GitHub refuses its tokens, and says what time it is: then they are dated by
 * that, for as long as it helps. INPUT when the key is none.
 */
export function createAppLogin({ appId, privateKey, log, now }: AppLoginOptions): AppLogin {
  const key = readKey(privateKey);
  let ahead = 0;
  return {
    token: (refused) => {
      const skew = refused?.at === undefined ? ahead : refused.at - now();
      if (Math.abs(skew - ahead) > SMALL) {
        ahead = skew;
        log.warn({ seconds: Math.round(-skew / 1000) }, "this machine's clock is wrong by GitHub's");
      }
      return signToken(key, appId, now() + ahead);
    },
    now: () => now() + ahead,
  };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new AppError("INPUT", "the App's private key is none that can be read", { cause: error });
  }
}

/** A JSON web token (RFC 7519) as GitHub asks for it: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App". */
function signToken(key: KeyObject, appId: number | string, at: number): string {
  const issued = Math.floor(at / 1000) - BACK;
  const claims = { iat: issued, exp: issued + BACK + LIFE, iss: appId };
  const signed = [{ alg: "RS256", typ: "JWT" }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${base64url(sign("RSA-SHA256", Buffer.from(signed), key))}`;
}

function base64url(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString("base64url");
}
