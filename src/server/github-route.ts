import type { Context } from "hono";
import { namesBranch } from "../config/branches.ts";
import type { Log } from "../flow/context.ts";
import type { Store, Tables } from "../store/store.ts";
import { type BodyRoom, withBody } from "./body.ts";
import type { Metrics } from "./metrics.ts";
import type { VerifySignature } from "./webhook-signature.ts";
import { causeOf, jobsFor, KNOWN_EVENTS, priorityOf, repositoryOf, type WebhookContext } from "./webhooks.ts";

/** GitHub sends no more than 25 MB. */
const LARGEST_WEBHOOK = 25 * 1024 * 1024;

/** Events that may be about a branch that is kept patched beside the default one. */
const ABOUT_BRANCHES: ReadonlySet<string> = new Set(["push", "pull_request", "pull_request_review"]);

export interface GitHubRouteParts {
  readonly verify: VerifySignature;
  readonly events: Omit<WebhookContext, "targets" | "maintains">;
  readonly store: Store;
  readonly room: BodyRoom;
  readonly metrics: Pick<Metrics, "webhookReceived">;
  readonly log: Log;
  now(): number;
}

/** What the headers of a delivery say. */
interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly signature: string;
}

/**
 * Receives GitHub's webhooks: 401 unless signed with our secret, which is checked before anything is parsed; 202 for all
 * others, whether or not they mean something to us. It only enqueues, once per delivery.
 * https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
 */
export async function receiveWebhook(context: Context, parts: GitHubRouteParts): Promise<Response> {
  const delivery = deliveryOf(context);
  if (delivery === undefined) return refuse(context, parts);
  return withBody(context, { most: LARGEST_WEBHOOK, room: parts.room }, async (bytes) => {
    const body = bytes.toString();
    return (await parts.verify(body, delivery.signature))
      ? accept(context, parts, delivery, body)
      : refuse(context, parts);
  });
}

function deliveryOf(context: Context): Delivery | undefined {
  const id = context.req.header("x-github-delivery") ?? "";
  const event = context.req.header("x-github-event") ?? "";
  const signature = context.req.header("x-hub-signature-256") ?? "";
  const isWhole = /^[\w-]{1,72}$/.test(id) && /^\w{1,64}$/.test(event) && signature !== "";
  return isWhole ? { id, event, signature } : undefined;
}

function refuse(context: Context, { metrics }: GitHubRouteParts): Response {
  metrics.webhookReceived("unknown", "refused");
  return context.json({ error: "the signature does not match" }, 401);
}

async function accept(context: Context, parts: GitHubRouteParts, delivery: Delivery, body: string): Promise<Response> {
  const { metrics, log } = parts;
  const { id, event } = delivery;
  const label = KNOWN_EVENTS.has(event) ? event : "other";
  const enqueued = await enqueueOnce(delivery, body, parts);
  metrics.webhookReceived(label, enqueued === undefined ? "replayed" : enqueued === 0 ? "ignored" : "enqueued");
  log.info({ delivery: id, event, jobs: enqueued ?? 0 }, "webhook received");
  return context.json({ jobs: enqueued ?? 0 }, 202);
}

/** How many jobs the delivery asked for; `undefined` when it was seen before. */
async function enqueueOnce(
  { id, event }: Delivery,
  body: string,
  parts: GitHubRouteParts,
): Promise<number | undefined> {
  if (!KNOWN_EVENTS.has(event)) return 0;
  const payload: unknown = parseJson(body);
  return parts.store.transaction(async (tables) => {
    const targets = await knownTargets(tables, event, payload, parts.events);
    const patterns = await knownPatterns(tables, event, payload, parts.events);
    const maintains = (branch: string) => namesBranch(patterns, branch);
    const jobs = jobsFor(event, payload, { ...parts.events, targets, maintains });
    if (!(await tables.deliveries.remember(id, parts.now()))) return undefined;
    for (const job of jobs) {
      const cause = { cause: causeOf(event, payload), since: parts.now() };
      if (job.kind === "repo") await tables.index.doubt(job.repository, cause);
      await tables.jobs.enqueue(job, priorityOf(job, payload));
    }
    return jobs.length;
  });
}

/** What policy said of branches when GitHub was last asked for them; a policy that says otherwise since is a push of its own. */
async function knownPatterns(
  { index }: Tables,
  event: string,
  payload: unknown,
  { host }: GitHubRouteParts["events"],
): Promise<readonly string[]> {
  const repository = ABOUT_BRANCHES.has(event) ? repositoryOf(payload, host) : undefined;
  const known = repository && (await index.repository(repository));
  return known?.maintained?.patterns ?? [];
}

/** Deployments tell their environment, not our targets: those are the ones that something was rolled out to. */
async function knownTargets(
  { rollouts }: Tables,
  event: string,
  payload: unknown,
  { host }: GitHubRouteParts["events"],
): Promise<WebhookContext["targets"]> {
  const repository = event === "deployment_status" ? repositoryOf(payload, host) : undefined;
  const known = repository === undefined ? [] : (await rollouts.ofRepository(repository)).map(({ target }) => target);
  return (_, environment) => known.filter((target) => target.environment === environment);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Signed, so GitHub's; but nothing that we can read.
    return undefined;
  }
}
