import type { BranchRules } from "../core/pull/branch-rules.ts";
import type { Repository, Sha } from "../core/repository.ts";

export interface FileChange {
  readonly path: string;
  readonly mode: "100644" | "100755";
  readonly content: string;
}

export interface Branches {
  /** Heads by branch name, for every branch whose name starts with `prefix`. */
  matching(repository: Repository, prefix: string): Promise<ReadonlyMap<string, Sha>>;
  /**
   * Creates tree and commit without an author, so that GitHub signs it: `parent` with these files, or with `into` the merge of
   * that into a head. Moves no branch.
   */
  commit(repository: Repository, parent: Sha, files: readonly FileChange[], message: string, into?: Sha): Promise<Sha>;
  /**
   * Moves a branch by GraphQL `updateRefs` with a lease: `before` is where it must stand now (`undefined`: it must not
   * exist). CONFLICT when it does not.
   */
  move(repository: Repository, branch: string, before: Sha | undefined, after: Sha | undefined): Promise<void>;
  /** What a commit changed against its first parent. */
  changes(
    repository: Repository,
    commit: Sha,
  ): Promise<{ readonly parents: readonly Sha[]; readonly files: readonly string[] }>;
  parents(repository: Repository, commit: Sha): Promise<readonly Sha[]>;
  /**
   * What `head` changed since it left `base`, unless those are more files than GitHub lists, and how many commits of `base` it
   * does not have; `undefined` for commits without a common history.
   */
  compare(
    repository: Repository,
    base: Sha,
    head: Sha,
  ): Promise<{ readonly behind: number; readonly files?: readonly string[] } | undefined>;
  /** What a branch asks of what is merged into it. */
  rules(repository: Repository, branch: string): Promise<BranchRules>;
  /** Rules that keep us from pushing to a branch, which need not exist, by GitHub's names. */
  pushRules(repository: Repository, branch: string): Promise<readonly string[]>;
}
