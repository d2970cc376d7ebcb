/**
 * Who looks: everything is shown to whoever sits at the machine; a person who logged in sees what they may read, by
 * `repositoryKey`, and nothing tells them that there is more.
 */
export type Viewer = "all" | readonly string[];

/** One page of a list: at most `limit` rows, after the first `offset`. */
export interface Slice {
  readonly offset: number;
  readonly limit: number;
}

/** A list as far as it is shown. */
export interface Listed<T> {
  readonly shown: readonly T[];
  readonly total: number;
}
