import type { Actor } from "./access/actor.ts";
import type { World } from "./world.ts";

export interface Rate {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

const hour = 3600;
// Not part of the state: a restarted GitHub counts anew.
const used = new WeakMap<World, Map<string, { readonly hour: number; readonly count: number }>>();

const keyOf = (actor: Actor) =>
  actor.kind === "installation"
    ? `installation ${actor.installation.id}`
    : actor.kind === "app"
      ? `app ${actor.app.id}`
      : actor.login;

/** What is left of an actor's requests in this hour. */
export function rateOf(world: World, actor: Actor): Rate {
  const current = Math.floor(world.now() / 1000 / hour);
  const entry = used.get(world)?.get(keyOf(actor));
  const count = entry?.hour === current ? entry.count : 0;
  const limit = world.limits.rate;
  return { limit, used: count, remaining: Math.max(limit - count, 0), reset: (current + 1) * hour };
}

/** Counts one request of an actor; answers with what was left before it. */
export function countRequest(world: World, actor: Actor): Rate {
  const before = rateOf(world, actor);
  const table = used.get(world) ?? new Map();
  used.set(world, table.set(keyOf(actor), { hour: Math.floor(world.now() / 1000 / hour), count: before.used + 1 }));
  return before;
}
