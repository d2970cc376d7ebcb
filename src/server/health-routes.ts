import type { Hono } from "hono";
import type { Store } from "../store/store.ts";
import { onlyHere, type Watched } from "./audience.ts";
import type { Metrics } from "./metrics.ts";

export interface HealthParts {
  readonly store: Pick<Store, "ledger">;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  isReady(): boolean;
}

/** Milliseconds in which a store that is well answers. */
const STORE_PATIENCE = 2_000;

/** Whether the process is alive and ready, and what it counted. */
export function addHealth(routes: Hono<Watched>, parts: HealthParts): void {
  routes.get("/healthz", (context) => context.text("ok\n"));
  routes.get("/readyz", async (context) => {
    const ready = parts.isReady() && (await answers(parts));
    return context.text(ready ? "ok\n" : "not ready\n", ready ? 200 : 503);
  });
  routes.get("/metrics", onlyHere, async (context) =>
    context.body(await parts.metrics.text(), 200, { "content-type": parts.metrics.contentType }),
  );
}

async function answers({ store }: HealthParts): Promise<boolean> {
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(() => timeout.resolve(false), STORE_PATIENCE);
  const answer = store.ledger.last().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, timeout.promise]).finally(() => clearTimeout(timer));
}
