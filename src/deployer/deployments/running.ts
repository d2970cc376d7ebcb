import { z } from "zod";
import { collectBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/errors.ts";
import type { Digest } from "../../core/reference.ts";

/** What a target says of itself. */
export interface Running {
  /** Without duplicates. */
  readonly digests: readonly Digest[];
  readonly healthy: boolean;
}

const TIMEOUT = 10_000;
const MOST_BYTES = 64 * 1024;

const Answer = z.strictObject({
  digests: z.array(z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)])).max(100),
  healthy: z.boolean(),
});

/**
 * What runs, by the operator's address: `{"digests":["sha256:…"],"healthy":true}`. UNAVAILABLE when nothing, or anything
 * else, is answered: what runs is then unknown. Redirects are not followed, and the address, which may hold a secret, is
 * in no error.
 */
export async function askRunning(fetch: typeof globalThis.fetch, url: URL): Promise<Running> {
  const body = await ask(fetch, url);
  const answer = Answer.safeParse(parse(body));
  if (!answer.success) throw new AppError("UNAVAILABLE", "the target answered something other than what runs on it");
  return { digests: [...new Set(answer.data.digests)], healthy: answer.data.healthy };
}

async function ask(fetch: typeof globalThis.fetch, url: URL): Promise<Uint8Array | undefined> {
  let status: number;
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(url, { headers: { accept: "application/json" }, redirect: "manual", signal });
    status = response.status;
    if (response.ok) return await collectBounded(response.body, MOST_BYTES);
    await response.body?.cancel();
  } catch {
    throw new AppError("UNAVAILABLE", "the target could not be asked what runs on it");
  }
  throw new AppError("UNAVAILABLE", `the target answered ${status} when asked what runs on it`);
}

function parse(body: Uint8Array | undefined): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
