import type { Digest } from "../core/reference.ts";
import type { RepositoryId, Sha } from "../core/repository.ts";
import type { Release, Rollout, Target } from "../core/rollout/rollout.ts";

export interface Rollouts {
  saveRelease(release: Release): Promise<void>;
  release(repository: RepositoryId, merge: Sha): Promise<Release | undefined>;
  /** The release of this repository with this digest: what a rollback deploys. */
  releaseByDigest(repository: RepositoryId, digest: Digest): Promise<Release | undefined>;
  save(rollout: Rollout): Promise<void>;
  /** Changes a rollout as it stands now, locked meanwhile, and answers with it; nothing when there is none of this id. */
  update(id: string, change: (rollout: Rollout) => Rollout): Promise<Rollout | undefined>;
  /** The newest rollout of a target. */
  current(target: Target): Promise<Rollout | undefined>;
  /** Newest first. */
  list(): Promise<readonly Rollout[]>;
  /** Those that have not ended. */
  underWay(): Promise<readonly Rollout[]>;
  /** Newest first. */
  ofRepository(repository: RepositoryId): Promise<readonly Rollout[]>;
  /** Newest first. */
  ofCampaign(campaign: string): Promise<readonly Rollout[]>;
}
