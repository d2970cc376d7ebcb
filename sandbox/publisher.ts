import { publish } from "./images.ts";
import type { World } from "./world.ts";

/** What the publishers of the base images can do: a fix, a fix with something worse in it, and the fix of that. */
export const PATCHES = {
  base: ["library/base", "1.4", "base, patched"],
  runtime: ["library/runtime", "3.2", "runtime, patched"],
  "runtime, again": ["library/runtime", "3.2", "runtime, mended"],
} as const;

/** Publishes patched base images: what the story begins with. */
export async function patch(
  { urls }: Pick<World, "urls">,
  patches: readonly (keyof typeof PATCHES)[] = ["base", "runtime"],
): Promise<void> {
  for (const name of patches) {
    const [repository, tag, contents] = PATCHES[name];
    await publish(urls.registry, repository, [tag], contents);
  }
}
