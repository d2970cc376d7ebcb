import type { Reason } from "../reason.ts";
import type { Digest, ImageReference, PinnedImage } from "../reference.ts";
import type { RepositoryId, Sha } from "../repository.ts";

/** The image that the default branch builds after a merge, checked by us. `merge` is the commit it was built from. */
export interface Release {
  readonly repository: RepositoryId;
  readonly merge: Sha;
  readonly image: PinnedImage;
  readonly reference: ImageReference;
  /** The campaign that it belongs to: the update across the organisation. */
  readonly campaign: string;
}

/** One place where releases run. `name` tells several targets of one environment apart. */
export interface Target {
  readonly repository: RepositoryId;
  readonly environment: string;
  readonly name: string;
}

/** What the target itself says. `running`: the digests its workloads run now, without duplicates. */
export interface Observed {
  readonly running: readonly Digest[];
  /** The state of the deployment with the rollout's key, if there is one. */
  readonly deployment: "none" | "pending" | "succeeded" | "failed";
  readonly healthy: boolean;
}

export type RolloutPhase =
  | "waiting"
  | "deploying"
  | "soaking"
  | "confirmed"
  | "rolling-back"
  | "rolled-back"
  | "failed";

/** A release going to one target. Times are milliseconds since the epoch. */
export interface Rollout {
  readonly id: string;
  readonly target: Target;
  readonly release: Release;
  readonly phase: RolloutPhase;
  /** When the phase began. */
  readonly since: number;
  /** Counts observed failures, not tries. */
  readonly attempt: number;
  /** What ran before, to go back to; absent when nothing ran, or nothing that may be gone back to. */
  readonly previous?: Digest;
  /** Releases since `previous` that came to nothing, and may run nevertheless: known here, and never gone back to. */
  readonly unconfirmed?: readonly Digest[];
  /** Whether the campaign let it start. */
  readonly granted: boolean;
  /** Whether it stands aside until its window opens: it takes no part in waves, and nobody waits for it. */
  readonly aside?: boolean;
  /** The environment that must be confirmed, and have soaked, before this one starts. */
  readonly after?: string;
  /** Seconds that the target must run the release, healthy, before it is confirmed. */
  readonly soak: number;
  readonly reason?: Reason;
  /** Since when every look found the release, which had arrived, not healthy or no longer all that runs. */
  readonly unwellSince?: number;
}

/** The key of the deployment that the rollout's phase is about: its own, or that of the present attempt to go back. */
export function deploymentKey({ id, phase, attempt }: Rollout): string {
  return phase === "rolling-back" ? `${id}/rollback/${attempt}` : `${id}/deploy`;
}

/** Every digest that may run at the target of a rollout: anything else is somebody else's. */
export function knownDigests({ release, previous, unconfirmed = [] }: Rollout): readonly Digest[] {
  return [release.image.digest, ...(previous === undefined ? [] : [previous]), ...unconfirmed];
}

/** Whether a release had to go back, however far that came: it is what failed, not its delivery or its turn. */
export function hadToGoBack({ phase, attempt }: Rollout): boolean {
  return phase === "rolled-back" || attempt > 0;
}

/** The phases in which a rollout has ended, one way or the other. */
export const FINISHED: readonly RolloutPhase[] = ["confirmed", "rolled-back", "failed"];

/** Whether a rollout has ended, one way or the other. */
export function isFinished({ phase }: Pick<Rollout, "phase">): boolean {
  return FINISHED.includes(phase);
}
