import { createHash } from "node:crypto";
import { AppError } from "../../core/errors.ts";
import type { Digest } from "../../core/reference.ts";
import { broken } from "./failure.ts";
import type { Answer } from "./question.ts";

/** The sha256 digest of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The body, of at most `limit` bytes: a larger one is INPUT, and is not read to its end. */
export async function readBody(answer: Answer, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bounded(answer, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The body, which must be what `digest` names; INPUT otherwise. */
export async function readContent(answer: Answer, digest: Digest, limit: number): Promise<Buffer> {
  const bytes = await readBody(answer, limit);
  if (digestOf(bytes) !== digest) throw mismatch(answer, digest);
  return bytes;
}

/** The body as a stream that fails at its end if its bytes are not what `digest` names. Cancelling it ends the connection. */
export function contentStream(answer: Answer, digest: Digest, limit: number): ReadableStream<Uint8Array> {
  const chunks = verified(answer, digest, limit);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel() {
        answer.body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Leaves a body that nobody wants, keeping the connection where it is short. */
export async function discard(answer: Pick<Answer, "body">): Promise<void> {
  // A body that breaks off while it is thrown away is of no interest.
  await answer.body.dump().catch(() => undefined);
}

async function* verified(answer: Answer, digest: Digest, limit: number): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of bounded(answer, limit)) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest("hex")}` !== digest) throw mismatch(answer, digest);
}

async function* bounded(answer: Answer, limit: number): AsyncGenerator<Uint8Array> {
  const { body, headers, host } = answer;
  const tooLarge = () => new AppError("INPUT", `${host} sends more than ${limit} bytes`);
  let size = 0;
  try {
    if (Number(headers["content-length"]) > limit) throw tooLarge();
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    throw broken(error, host);
  } finally {
    body.destroy();
  }
}

function mismatch(answer: Answer, digest: Digest): AppError {
  return new AppError("INPUT", `${answer.host} sends something else than ${digest}`);
}
