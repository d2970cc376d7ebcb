import type { Delta, Verdict } from "./verdict.ts";
import type { UpdateGroup } from "./update.ts";
import type { RepositoryId, Sha } from "./repository.ts";

/** One branch and pull request of ours, for one group, as we recorded it. Times are milliseconds since the epoch. */
export interface PullRecord {
  readonly repository: RepositoryId;
  /** `oakum/<base>/<group>-<hash>`: the same for every version of the group. */
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly group: UpdateGroup;
  /** The commit of the base branch that the edits were derived from. */
  readonly baseSha: Sha;
  /** Every head that we recorded creating, newest last. */
  readonly heads: readonly Sha[];
  readonly number?: number;
  readonly state: "open" | "merged" | "closed";
  /** The merge commit, once merged. */
  readonly merge?: Sha;
  /** The last verdict, and the head it is about. */
  readonly gate?: { readonly head: Sha; readonly verdict: Verdict; readonly delta?: Delta };
  readonly openedAt: number;
}
