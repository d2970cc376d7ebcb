import type { Outcome } from "../core/outcome.ts";
import type { ImageName, PinnedImage } from "../core/reference.ts";
import type { Repository, Sha } from "../core/repository.ts";

export interface BuildRequest {
  readonly repository: Repository;
  readonly sha: Sha;
  /** The branch that `sha` is the head of. */
  readonly branch: string;
  /** `gate`: of a pull's head; `release`: of the default branch after the merge. */
  readonly purpose: "gate" | "release";
  /** File name of the workflow below `.github/workflows/`. */
  readonly workflow: string;
  /** The names that the build may report; any other is `build-mismatch`. */
  readonly expected: readonly ImageName[];
}

/** An image that the build says it pushed: a claim, to be pulled and checked by us. */
export interface BuiltImage extends PinnedImage {
  /** Where a person reads the build's log. */
  readonly url: string;
}

/** Builds a commit. The request is its own idempotency key: asking again is how one waits. */
export interface Builder {
  readonly kind: string;
  build(request: BuildRequest): Promise<Outcome<readonly BuiltImage[]>>;
  /** Stops a build whose answer nobody wants any more; nothing happens when there is none. */
  cancel(request: BuildRequest): Promise<void>;
}
