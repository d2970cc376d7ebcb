import { Hono } from "hono";
import type { Watched } from "./audience.ts";
import { addHealth, type HealthParts } from "./health-routes.ts";

/** The addresses of a worker: whether it is alive and ready, and what it counted. */
export function createWorkerRoutes(parts: HealthParts): Hono<Watched> {
  const routes = new Hono<Watched>();
  routes.notFound((context) => context.json({ error: "not found" }, 404));
  addHealth(routes, parts);
  return routes;
}
