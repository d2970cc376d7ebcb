import type { Context } from "hono";
import { isAppError } from "../core/errors.ts";
import { type Job, jobKey } from "../core/job.ts";
import type { ImageReference } from "../core/reference.ts";
import { PUSH } from "../core/write/priority.ts";
import type { Log } from "../flow/context.ts";
import type { PushHook } from "../registry/registry.ts";
import type { Store } from "../store/store.ts";
import { type BodyRoom, withBody } from "./body.ts";
import type { Metrics } from "./metrics.ts";

const LARGEST_PUSH_NOTIFICATION = 1024 * 1024;

const MOST_IMAGES = 100;

export interface RegistryRouteParts {
  /** By the name in the path that the operator gave to a registry. */
  readonly hooks: ReadonlyMap<string, PushHook>;
  readonly store: Store;
  readonly room: BodyRoom;
  readonly metrics: Pick<Metrics, "pushHookReceived">;
  readonly log: Log;
}

/**
 * Receives a registry's push notification: 404 for a name that no registry has, 401 and 400 as the hook says. The images
 * that something uses are looked at again, by our own client: nothing but their names is taken from the notification.
 */
export async function receivePush(context: Context, parts: RegistryRouteParts): Promise<Response> {
  const hook = parts.hooks.get(context.req.param("name") ?? "");
  if (hook === undefined) return context.json({ error: "no such registry" }, 404);
  const limits = { most: LARGEST_PUSH_NOTIFICATION, room: parts.room };
  return withBody(context, limits, (body) => accept(context, parts, hook, body));
}

async function accept(context: Context, parts: RegistryRouteParts, hook: PushHook, body: Uint8Array) {
  try {
    const pushed = hook.parse(context.req.raw.headers, body);
    const jobs = await enqueueKnown(parts.store, pushed);
    parts.metrics.pushHookReceived(hook.kind, jobs === 0 ? "ignored" : "enqueued");
    parts.log.info({ hook: hook.kind, pushed: pushed.length, jobs }, "push notification received");
    return context.json({ jobs }, 202);
  } catch (error) {
    if (isAppError(error, "DENIED", "INPUT")) parts.metrics.pushHookReceived(hook.kind, "refused");
    throw error;
  }
}

async function enqueueKnown(store: Store, pushed: readonly ImageReference[]): Promise<number> {
  return store.transaction(async ({ index, jobs }) => {
    let enqueued = 0;
    for (const job of imageJobs(pushed)) {
      if ((await index.users(job.image)).length === 0) continue;
      await jobs.enqueue(job, PUSH);
      enqueued += 1;
    }
    return enqueued;
  });
}

type ImageJob = Extract<Job, { readonly kind: "image" }>;

/** One job per image, for as many as one notification may reasonably be about; the sweep sees the rest. */
function imageJobs(pushed: readonly ImageReference[]): readonly ImageJob[] {
  const jobs = new Map<string, ImageJob>();
  for (const { registry, repository } of pushed) {
    const job: ImageJob = { kind: "image", image: { registry, repository } };
    jobs.set(jobKey(job), job);
    if (jobs.size === MOST_IMAGES) break;
  }
  return [...jobs.values()];
}
