import { followedTag } from "../plan/candidate.ts";
import { reason } from "../reason.ts";
import { imageKey } from "../reference.ts";
import type { Problem, Use } from "./use.ts";

/** Uses of one repository in the index that all share. */
const MOST_USES = 20_000;
/** Tags that the registries are asked about, for one repository, from an address that all share. */
const MOST_TAGS = 1_000;

/**
 * As many uses of one repository as it may have, in the order of its files: one that writes a million images must not
 * cost the others their place. The first of a file that goes beyond is a problem there, and the rest of them are left out.
 */
export function boundUses(uses: readonly Use[]): {
  readonly uses: readonly Use[];
  readonly problems: readonly Problem[];
} {
  const tags = new Set<string>();
  const kept: Use[] = [];
  const problems = new Map<string, Problem>();
  for (const use of uses) {
    const tag = tagOf(use);
    const fits = kept.length < MOST_USES && (tag === undefined || tags.has(tag) || tags.size < MOST_TAGS);
    if (fits) {
      kept.push(use);
      if (tag !== undefined) tags.add(tag);
    } else if (!problems.has(use.path)) {
      problems.set(use.path, { path: use.path, line: use.line, column: 1, reason: reason("too-many-images") });
    }
  }
  return { uses: kept, problems: [...problems.values()] };
}

/** The tag that a use has a registry asked about; `undefined` when it has none asked. */
function tagOf({ reference, blocked }: Use): string | undefined {
  const tag = reference === undefined || blocked !== undefined ? undefined : followedTag(reference);
  return reference === undefined || tag === undefined ? undefined : `${imageKey(reference)}:${tag}`;
}
