import type { IncomingMessage, ServerResponse } from "node:http";
import { type Digest, isDigest } from "../../src/core/reference.ts";
import type { Notify } from "./notification.ts";
import { Problem } from "./problem.ts";
import type { Storage } from "./storage.ts";

/** One request about one repository, and what its handler may use. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly repository: string;
  /** The last part of the path: a tag, a digest or an upload. */
  readonly reference: string;
  readonly storage: Storage;
  readonly notify: Notify;
}

const MANIFEST_BYTES = 4 * 1024 * 1024;

export function answer(
  { response }: Call,
  status: number,
  headers: Record<string, string | number> = {},
  body?: unknown,
): void {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const type = body === undefined || "content-type" in headers ? {} : { "content-type": "application/json" };
  response.writeHead(status, { "content-length": bytes.length, ...type, ...headers });
  // Node leaves the body out for HEAD and 204.
  response.end(bytes);
}

/** The body of a manifest; 413 beyond 4 MiB. */
export async function readManifestBody({ request }: Call): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MANIFEST_BYTES) throw new Problem(413, "MANIFEST_INVALID", "manifest larger than 4 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function digestIn(text: string | null): Digest {
  if (text === null || !isDigest(text)) throw new Problem(400, "DIGEST_INVALID", "not a sha256 digest");
  return text;
}
