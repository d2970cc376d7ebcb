import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { addressList, originOf } from "./client-address.ts";
import { readCookie, writeCookie } from "./cookies.ts";
import { createTurnstile } from "./turnstile.ts";

/** How often a minute a login may be tried. Each is two questions: one on the way to GitHub, one on the way back. */
const A_MINUTE = {
  /** Of one browser that logged in before. */
  browser: 30,
  /** From one address: everyone of an office may share it. */
  known: 120,
  /** Through one proxy that does not say for whom: that may be everybody. */
  through: 1200,
} as const;

export interface LoginGate {
  /** Whether a login may be tried now. */
  lets(context: Context): boolean;
  /** Has the browser known from now on, by a cookie that nobody else can make. */
  remember(context: Context): void;
}

/**
 * Keeps logins from being tried so often that GitHub would refuse ours. Who logged in before is counted alone, so that whoever
 * uses up what an address or a proxy may try locks out no one who works with the page.
 * @param proxies addresses and networks whose `X-Forwarded-For` is believed
 */
export function createLoginGate({ proxies, now }: { readonly proxies: readonly string[]; now(): number }): LoginGate {
  const isProxy = addressList(proxies);
  const key = randomBytes(32);
  const turnstiles = {
    browser: createTurnstile({ limit: A_MINUTE.browser, span: 60_000, now }),
    known: createTurnstile({ limit: A_MINUTE.known, span: 60_000, now }),
    through: createTurnstile({ limit: A_MINUTE.through, span: 60_000, now }),
  };
  return {
    lets(context) {
      const browser = readMark(readCookie(context, "known"), key);
      if (browser !== undefined) return turnstiles.browser(browser);
      const { state, address } = originOf(context, isProxy);
      return turnstiles[state](address);
    },
    remember(context) {
      if (readMark(readCookie(context, "known"), key) !== undefined) return;
      const id = randomBytes(16).toString("base64url");
      writeCookie(context, "known", `${id}.${signatureOf(id, key)}`);
    },
  };
}

/** The browser's name; `undefined` for a cookie that this process did not make. */
function readMark(text: string | undefined, key: Uint8Array): string | undefined {
  const [id = "", signature = ""] = text?.split(".") ?? [];
  const expected = Buffer.from(signatureOf(id, key));
  const brought = Buffer.from(signature);
  return brought.length === expected.length && timingSafeEqual(brought, expected) ? id : undefined;
}

function signatureOf(id: string, key: Uint8Array): string {
  return createHmac("sha256", key).update(id).digest("base64url");
}
