import { createLru } from "../../core/lru.ts";
import { answerFrom, type Fetch } from "./bounded-fetch.ts";

/** Answers that are kept: so many, and so many bytes of them; and of the longest. */
const MOST = { entries: 50_000, cost: 8 * 1024 * 1024 };
const LONGEST = 128 * 1024;

interface Answer {
  readonly etag: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ArrayBuffer;
}

/**
 * A fetch that remembers what each GET was answered with, sends its ETag with the next, and gives the same answer when GitHub
 * says that it still stands: a 304 counts nothing against the hour's requests. GitHub's ETags are a token's own, and so is
 * what is remembered: no token is ever shown what another one was, and all is asked in full when it was renewed.
 */
export function revalidatingFetch(fetch: Fetch): Fetch {
  const kept = createLru<string, Answer>(MOST);

  async function keep(key: string, response: Response): Promise<Response> {
    const etag = response.headers.get("etag");
    // What GitHub redirects to is signed for a minute.
    if (etag === null || response.status !== 200) return response;
    const body = await response.clone().arrayBuffer();
    const { url, headers } = response;
    if (body.byteLength <= LONGEST) kept.set(key, { etag, url, headers, body }, key.length + body.byteLength);
    return response;
  }

  return async (input, init) => {
    if (typeof input !== "string" || init?.method !== "GET") return fetch(input, init);
    const headers = new Headers(init.headers);
    const key = `${headers.get("authorization")} ${headers.get("accept")} ${input}`;
    const known = kept.get(key);
    if (known === undefined) return keep(key, await fetch(input, init));
    headers.set("if-none-match", known.etag);
    const response = await fetch(input, { ...init, headers });
    if (response.status !== 304) return keep(key, response);
    return answerFrom(known.url, known.body, { headers: known.headers });
  };
}
