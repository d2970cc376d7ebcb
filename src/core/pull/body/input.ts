import type { UpdateGroup } from "../../plan/update.ts";
import type { Due } from "../../policy/due.ts";
import type { Digest, PinnedImage } from "../../reference.ts";
import type { Sha } from "../../repository.ts";
import type { Evidence, Verdict } from "../../verdict/verdict.ts";

/** Everything that the body of a pull is rendered from. Times are milliseconds since the epoch. */
export interface PullBodyInput {
  readonly group: UpdateGroup;
  readonly branch: string;
  readonly head: Sha;
  readonly evidence: Evidence;
  /** The verdict on `head`; absent before the gate has looked. */
  readonly verdict?: Verdict;
  /** What the build of `head` pushed, and where a person reads its log. */
  readonly built: readonly (PinnedImage & { readonly url: string })[];
  /** Where the release goes after the merge, in order; absent where its base is not released. `soak` in seconds. */
  readonly stages?: readonly { readonly environment: string; readonly soak?: number | undefined }[] | undefined;
  /** When we first saw a digest on its tag, as far as we did. */
  readonly firstSeen: ReadonlyMap<Digest, number>;
  /** By when policy wants it to run everywhere. */
  readonly due?: Due | undefined;
  /** When the verdict was reached: the same verdict renders the same body. */
  readonly now: number;
}
