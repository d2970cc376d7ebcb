import { collectBounded } from "../../core/bounded.ts";

export type Fetch = typeof globalThis.fetch;

const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * A fetch whose answer is here whole or not at all: within `timeout` milliseconds, or it rejects; of at most `maxBytes`,
 * or the status is 413, as a proxy with that limit would answer. Octokit itself takes a body cut off for an empty one.
 */
export function boundedFetch(fetch: Fetch, { timeout, maxBytes }: { timeout: number; maxBytes: number }): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeout) });
    const { status, statusText, headers, url } = response;
    const body = WITHOUT_BODY.has(status) ? null : await collectBounded(response.body, maxBytes);
    if (body === undefined) {
      return Response.json({ message: `the answer is larger than ${maxBytes} bytes` }, { status: 413 });
    }
    return answerFrom(url, body, { status, statusText, headers });
  };
}

/** A response with the address that it came from: Octokit's pages go by it, and one that was made here has none. */
export function answerFrom(
  url: string,
  body: ArrayBuffer | Uint8Array<ArrayBuffer> | null,
  init: ResponseInit,
): Response {
  return Object.defineProperty(new Response(body, init), "url", { value: url });
}
