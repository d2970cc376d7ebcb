import type { Repository, Sha } from "../core/repository.ts";

export interface TreeEntry {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000" | "160000" | "040000";
  readonly sha: Sha;
  readonly size: number;
}

export interface Trees {
  /** The commit that a branch points at; `undefined` when there is no such branch (or the repository is empty). */
  head(repository: Repository, branch: string): Promise<Sha | undefined>;
  /**
   * Every file of a commit that Oakum reads, by its path, subtrees walked where GitHub truncates. Symlinks and submodules are in
   * it by their modes.
   */
  tree(repository: Repository, commit: Sha): Promise<readonly TreeEntry[]>;
  blob(repository: Repository, sha: Sha): Promise<Uint8Array>;
  /** The contents of many files, by SHA, in as few requests as GitHub allows. */
  blobs(repository: Repository, entries: readonly TreeEntry[]): Promise<ReadonlyMap<Sha, Uint8Array>>;
}
