import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import { formatReference, type ImageReference, parseReference } from "../../core/reference.ts";
import type { PushHook } from "../registry.ts";

interface DistributionHookOptions {
  /** The registry as image names write it. What an event says of its host is not believed. */
  readonly registry: string;
  /** The bearer token that the registry is configured to send. */
  readonly token: string;
}

const MOST_BYTES = 1024 * 1024;
const MOST_EVENTS = 1_000;

const target = z.object({ repository: z.string().catch(""), tag: z.string().nullish().catch(undefined) });
const event = z.object({ action: z.string(), target: target.nullish().catch(undefined) });
const envelope = z.object({ events: z.array(event).max(MOST_EVENTS) });

/**
 * Push notifications of the distribution registry (`application/vnd.docker.distribution.events.v1+json`): which tags were
 * pushed, each once. Blobs, manifests without a tag, pulls and mounts are nobody's business. `parse` throws DENIED unless
 * the bearer token is the configured one, and INPUT for an envelope that is none or holds too much.
 */
export function createDistributionHook({ registry, token }: DistributionHookOptions): PushHook {
  const expected = sha256(`Bearer ${token}`);
  return {
    kind: "distribution",
    parse(headers, body) {
      if (!timingSafeEqual(sha256(headers.get("authorization") ?? ""), expected)) {
        throw new AppError("DENIED", "the registry hook's bearer token is not the configured one");
      }
      if (body.length > MOST_BYTES) throw new AppError("INPUT", "the registry's notification is too large");
      const pushed = parseEnvelope(body)
        .filter(({ action }) => action === "push")
        .flatMap(({ target }) => referenceOf(registry, target?.repository ?? "", target?.tag ?? "") ?? []);
      return [...new Map(pushed.map((reference) => [formatReference(reference), reference])).values()];
    },
  };
}

function parseEnvelope(body: Uint8Array): z.infer<typeof envelope>["events"] {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new AppError("INPUT", "the registry's notification is not JSON");
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) throw new AppError("INPUT", "the registry's notification is not an envelope of events");
  return parsed.data.events;
}

/** The reference, if it reads back as exactly this repository and tag. */
function referenceOf(registry: string, repository: string, tag: string): ImageReference | undefined {
  const reference = parseReference(`${registry}/${repository}:${tag}`);
  const same = reference?.registry === registry && reference.repository === repository && reference.tag === tag;
  return same ? reference : undefined;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
