import { sentence } from "../../core/reason.ts";
import type { Digest } from "../../core/reference.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { Tables } from "../../store/store.ts";

/** A release that had to go back takes its new base with it: it is not proposed to this repository again. */
export async function quarantine(tables: Tables, { release, id, reason: why }: Rollout): Promise<void> {
  const cause = `${id}: ${why === undefined ? "rolled back" : sentence(why)}`;
  await tables.quarantine.add(release.repository, release.image.digest, cause);
  const pull = await tables.pulls.byMerge(release.repository, release.merge);
  const bases = (pull?.group.updates ?? []).flatMap(({ to }): readonly Digest[] => (to.digest ? [to.digest] : []));
  for (const digest of bases) await tables.quarantine.add(release.repository, digest, cause);
  // What brings it may be about to merge.
  await tables.jobs.enqueue({ kind: "repo", repository: release.repository });
}
