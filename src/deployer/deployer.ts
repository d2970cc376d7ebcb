import type { Digest } from "../core/reference.ts";
import type { Observed, Release, Target } from "../core/rollout/rollout.ts";

/** One kind of place where releases run. Order, soak and waves are core's, never a deployer's. */
export interface Deployer {
  /** What the target runs, asked of the target itself; `key` names the deployment whose state is wanted. */
  observe(target: Target, key: string): Promise<Observed>;
  /**
   * Starts a deployment, once per `key`. `conflict` when the target runs anything that is not among `expected`. Rollback is
   * the same call with the previous release.
   */
  deploy(target: Target, release: Release, expected: readonly Digest[], key: string): Promise<"accepted" | "conflict">;
  /** Says on the deployment's own record what we confirmed or refused, once per `key`; nothing when there is none. */
  report(target: Target, key: string, confirmed: boolean, sentence: string): Promise<void>;
}
