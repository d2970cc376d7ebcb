import type { PolicyOf } from "../policy/policy.ts";
import { type ImageName, imageKey } from "../reference.ts";
import type { Globs } from "../tag/tag-index.ts";
import type { Use } from "../use/use.ts";

const CLASSES = ["patch", "minor", "major", "os"] as const;

/** What policy wants a tag to match that an image may go to, as it is used at a place; nothing where no rule says so. */
export function globsAt(
  name: ImageName,
  { path, manager: kind }: Pick<Use, "path" | "manager">,
  policyOf: PolicyOf,
): Globs {
  const image = imageKey(name);
  const globs = CLASSES.map((change) => [change, policyOf({ image, path, kind, change }).tags] as const);
  return Object.fromEntries(globs.filter(([, glob]) => glob !== undefined));
}
