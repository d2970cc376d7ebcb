import type { Repository, RepositoryId, Sha } from "../core/repository.ts";

/** An organisation or a user. */
export interface Account {
  readonly id: number;
  readonly login: string;
}

export interface Installations {
  /** Tells the accounts that are served from the others: an installation by anyone else is left alone. */
  served(): Promise<(account: Account) => boolean>;
  /** The ids of the served accounts' installations: suspended ones too, which refuse everything else. */
  list(): AsyncIterable<number>;
  /** The id of our own App. */
  app(): Promise<number>;
  /** What an installation lets us do, by GitHub's names of permissions, as it said a few minutes ago at most; nothing, if it is gone. */
  grants(installation: number): Promise<Readonly<Record<string, string>>>;
  /** The repositories that an installation may see. DENIED where it is suspended, or lets us in from elsewhere only. */
  repositories(installation: number): AsyncIterable<Repository>;
  /**
   * The heads of the default branches of an installation's repositories, by `repositoryKey`: `undefined` of one without a
   * commit, and nothing of one that GitHub does not know by this name and branch any more. DENIED as above.
   */
  heads(installation: number, repositories: readonly Repository[]): Promise<ReadonlyMap<string, Sha | undefined>>;
  /** The repository as it is named now; `undefined` when it is gone or no longer ours to see. DENIED as above. */
  repository(id: RepositoryId): Promise<Repository | undefined>;
}
