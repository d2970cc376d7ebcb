import type { Outcome } from "../core/outcome.ts";
import type { Reason } from "../core/reason.ts";
import type { ImageName, PinnedImage } from "../core/reference.ts";
import type { Repository, Sha } from "../core/repository.ts";
import { pace } from "../core/write/pace.ts";

export interface BuildRequest {
  readonly repository: Repository;
  readonly sha: Sha;
  /** The branch that `sha` is, or was, the head of. */
  readonly branch: string;
  /** `gate`: of a pull's head; `release`: of a commit of the default branch. */
  readonly purpose: "gate" | "release";
  /** From 1: a further try is a build of its own. */
  readonly attempt: number;
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

/** Builds commits. The request is its own idempotency key: asking again is how one waits. */
export interface Builder {
  readonly kind: string;
  /** How the build stands; `undefined` when there is none that says, or will say, what it built. */
  find(request: BuildRequest): Promise<Outcome<readonly BuiltImage[]> | undefined>;
  /**
   * Starts the build; answers why it cannot be. It may take minutes until `find` sees it, and only callers can know
   * that they started it already.
   */
  start(request: BuildRequest): Promise<Reason | undefined>;
  /** Stops a build whose answer nobody wants any more; nothing happens when there is none. */
  cancel(request: BuildRequest): Promise<void>;
}

/** Milliseconds between two looks at a build. */
const SOONEST = 2_000;
const LATEST = 30_000;

/** When to look again at a build of this age, in milliseconds. */
export function stillBuilding(age: number): { readonly state: "pending"; readonly retryAfter: number } {
  return { state: "pending", retryAfter: Math.round(pace(age, SOONEST, LATEST) / 1000) };
}
