import type { UpdateGroup, UseStatus } from "../plan/update.ts";
import type { ReasonCode } from "../reason.ts";
import { imageKey } from "../reference.ts";

/**
 * Why a use is held that may be an update again at any time, without anybody changing the image or the policy: a registry
 * answers again, time passes, another tool leaves the file alone.
 */
const PASSING: ReadonlySet<ReasonCode> = new Set([
  "registry-not-allowed",
  "registry-unavailable",
  "registry-denied",
  "registry-answer",
  "too-many-tags",
  "tags-unlisted",
  "tag-not-found",
  "not-observed",
  "min-age",
  "outside-window",
  "managed-by-other",
]);

/**
 * Whether nobody can say now what shall become of a group that was proposed: the image of a use that it changes cannot be
 * asked about, or what is newer is not due yet. An outage must not close a pull request.
 */
export function isUndecided(group: UpdateGroup, uses: readonly UseStatus[]): boolean {
  const places = new Set(
    group.updates.flatMap(({ from, changes }) => changes.map(({ use }) => placeOf(use.path, imageKey(from)))),
  );
  return uses.some(({ use, state, reason }) => {
    const here = use.reference !== undefined && places.has(placeOf(use.path, imageKey(use.reference)));
    return here && (state === "unknown" || (reason !== undefined && PASSING.has(reason.code)));
  });
}

function placeOf(path: string, image: string): string {
  return `${image} ${path}`;
}
