import { createHmac } from "node:crypto";
import { AppError } from "../core/errors.ts";
import type { Notice, Notifier } from "./notifier.ts";

/** Where a channel's notices go. The address may be a secret itself. */
export interface WebhookChannel {
  readonly url: URL;
  readonly secret?: string;
}

export interface WebhookNotifierOptions {
  readonly channels: ReadonlyMap<string, WebhookChannel>;
  readonly fetch: typeof globalThis.fetch;
}

const TIMEOUT = 10_000;

/**
 * Posts each notice as JSON `{key, title, text, url}`, signed like GitHub's webhooks: `X-Oakum-Signature-256: sha256=` and
 * the HMAC-SHA256 (RFC 2104) of the body, in hex. It tries once and follows no redirect. Errors: INPUT for a channel that
 * the operator has not named or that refuses the notice, DENIED for 401 and 403, else UNAVAILABLE; none holds an address.
 */
export function createWebhookNotifier({ channels, fetch }: WebhookNotifierOptions): Notifier {
  return {
    kind: "webhook",
    async send(name, notice) {
      const channel = channels.get(name);
      if (channel === undefined) throw new AppError("INPUT", `the operator names no webhook channel ${name}`);
      const status = await post(fetch, channel, notice);
      if (status === undefined) throw new AppError("UNAVAILABLE", `channel ${name} could not be reached`);
      if (status >= 300) throw new AppError(codeOf(status), `channel ${name} answered ${status}`);
    },
  };
}

/** The status of the answer, if there is one. What was thrown is left behind: it may name the address. */
async function post(
  fetch: typeof globalThis.fetch,
  channel: WebhookChannel,
  notice: Notice,
): Promise<number | undefined> {
  const { key, title, text, url } = notice;
  const body = JSON.stringify({ key, title, text, url });
  const headers = { "content-type": "application/json", ...signature(body, channel.secret) };
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await fetch(channel.url, { method: "POST", body, headers, redirect: "manual", signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function signature(body: string, secret: string | undefined): Record<string, string> {
  if (secret === undefined) return {};
  return { "x-oakum-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
}

function codeOf(status: number): "INPUT" | "DENIED" | "UNAVAILABLE" {
  if (status === 401 || status === 403) return "DENIED";
  return status === 408 || status === 429 || status >= 500 ? "UNAVAILABLE" : "INPUT";
}
