import type { Actor } from "../access/actor.ts";
import type { World } from "../world.ts";

/** Where a question is asked, and by whom. */
export interface Context {
  readonly world: World;
  readonly actor: Actor;
}
