/** Which repository, for ever: names move, ids do not. */
export interface RepositoryId {
  /** GitHub's host: `github.com`, or a GitHub Enterprise Server's. */
  readonly host: string;
  readonly installation: number;
  readonly repository: number;
}

/** A repository as GitHub named it when last asked. */
export interface Repository extends RepositoryId {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  /** Set where everyone of the enterprise may read it, though it is private. GitHub says so when it is asked; it is not kept. */
  readonly internal?: boolean;
  readonly archived: boolean;
  /** Its custom properties; absent while GitHub has not said them. */
  readonly properties?: Properties;
}

/** The values of a repository's custom properties by their names; a list where several may be chosen. */
export type Properties = Readonly<Record<string, string | readonly string[]>>;

/** A git object id: 40 lower-case hex digits. */
export type Sha = string;

/** The key under which state of this repository is kept: `host/installation/repository`. */
export function repositoryKey(id: RepositoryId): string {
  return `${id.host}/${id.installation}/${id.repository}`;
}
