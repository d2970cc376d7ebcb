import { AppError } from "../../core/errors.ts";
import { discard, readBody } from "./content.ts";
import { type AllowRegistry, type Endpoint, reachOf } from "./endpoint.ts";
import { refusal } from "./failure.ts";
import type { OciLimits } from "./limits.ts";
import type { TokenRequest } from "./token.ts";
import type { Transport } from "./transport.ts";

const MOST_BYTES = 256 * 1024;

interface RealmOptions {
  readonly allow: AllowRegistry;
  readonly transport: Transport;
  readonly limits: OciLimits;
  readonly userAgent: string;
  readonly now: () => number;
}

/** Asks token servers; `undefined` when one refuses the login. Their redirects are not followed: the login was meant for one host. */
export function createRealm({ allow, transport, limits, userAgent, now }: RealmOptions) {
  return async ({ url, method, headers, body }: TokenRequest, endpoint: Endpoint): Promise<Uint8Array | undefined> => {
    const response = await transport.send(url, reachOf(url, endpoint, allow), {
      method,
      headers: { ...headers, "user-agent": userAgent, accept: "application/json" },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(limits.deadline),
    });
    const { statusCode: status } = response;
    const answer = { status, headers: response.headers, body: response.body, url, host: url.host, foreign: false };
    if (status === 200) return readBody(answer, MOST_BYTES);
    await discard(answer);
    if (status === 401) return undefined;
    if (status === 429 || status >= 500) throw refusal(answer, now());
    throw new AppError("DENIED", `${url.host} gives no token (${status})`);
  };
}
