import type { Context } from "hono";
import { AppError } from "../core/errors.ts";

/** Memory for the bodies of all requests together: what each sends is bounded, but how many send at once is not. */
export interface BodyRoom {
  /** Whether there was room for so many bytes, which are taken then. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** What a chunk costs beside its bytes: one that is sent byte by byte fills memory with the objects around them. */
const CHUNK_COST = 256;
/** Seconds. */
const RETRY_AFTER = 30;

export function createBodyRoom(size: number): BodyRoom {
  let free = size;
  return {
    take: (bytes) => {
      const isFree = bytes <= free;
      if (isFree) free -= bytes;
      return isFree;
    },
    giveBack: (bytes) => {
      free += bytes;
    },
  };
}

/**
 * Reads the whole body of a request, hands it to `handle`, and gives its room back when that has answered. Answers 413 to
 * more than `most` bytes. Throws UNAVAILABLE while other bodies take up the room, and INPUT when this one ends too early.
 */
export async function withBody(
  context: Context,
  { most, room }: { readonly most: number; readonly room: BodyRoom },
  handle: (body: Buffer) => Promise<Response>,
): Promise<Response> {
  if (Number(context.req.header("content-length") ?? 0) > most) return tooLarge(context);
  const chunks: Uint8Array[] = [];
  let length = 0;
  let taken = 0;
  try {
    for await (const chunk of chunksOf(context)) {
      length += chunk.length;
      if (length > most) return tooLarge(context);
      const cost = chunk.length + CHUNK_COST;
      if (!room.take(cost)) throw noRoom(context);
      taken += cost;
      chunks.push(chunk);
    }
    return await handle(Buffer.concat(chunks, length));
  } finally {
    room.giveBack(taken);
  }
}

async function* chunksOf(context: Context): AsyncIterable<Uint8Array> {
  try {
    yield* context.req.raw.body ?? [];
  } catch (error) {
    throw new AppError("INPUT", "the body ended too early", { cause: error });
  }
}

function tooLarge(context: Context): Response {
  leaveUnread(context);
  return context.json({ error: "the body is too large" }, 413);
}

function noRoom(context: Context): AppError {
  leaveUnread(context);
  return new AppError("UNAVAILABLE", "too many bodies at once", { retryAfter: RETRY_AFTER });
}

/** A connection on which the rest of a body is left unread cannot be used again. */
function leaveUnread(context: Context): void {
  context.header("connection", "close");
}
