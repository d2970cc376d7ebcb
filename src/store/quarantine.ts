import type { Digest } from "../core/reference.ts";
import type { RepositoryId } from "../core/repository.ts";

/** Digests that failed: in one repository. */
export interface Quarantine {
  add(repository: RepositoryId, digest: Digest, cause: string): Promise<void>;
  digests(repository: RepositoryId): Promise<ReadonlySet<Digest>>;
}
