import { Hono } from "hono";
import type { Store } from "../store/store.ts";
import { onlyHere, type Watched } from "./audience.ts";
import type { Metrics } from "./metrics.ts";

/** What a worker answers from. */
export interface WorkerRouteParts {
  readonly store: Store;
  readonly metrics: Metrics;
  isReady(): boolean;
}

/** The addresses of a worker: whether it is alive and ready, and what it counted. */
export function createWorkerRoutes({ store, metrics, isReady }: WorkerRouteParts): Hono<Watched> {
  const routes = new Hono<Watched>();
  routes.notFound((context) => context.json({ error: "not found" }, 404));
  routes.get("/healthz", (context) => context.text("ok\n"));
  routes.get("/readyz", async (context) => {
    const answers = await store.ledger.last().then(
      () => true,
      () => false,
    );
    const ready = isReady() && answers;
    return context.text(ready ? "ok\n" : "not ready\n", ready ? 200 : 503);
  });
  routes.get("/metrics", onlyHere, async (context) =>
    context.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
  return routes;
}
