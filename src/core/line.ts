import { type Repository, type RepositoryId, repositoryKey } from "./repository.ts";

/**
 * Which line of a repository: a branch that is kept patched. Without a `base` it is the default branch, whatever that is called
 * now; with one, a branch that policy names beside it.
 */
export interface LineId extends RepositoryId {
  readonly base?: string;
}

/** A repository, meant as one of its lines. */
export interface Line extends Repository, LineId {}

/** The branch that a line is: what pulls of it go into. */
export function baseOf({ base, defaultBranch }: Pick<Line, "base" | "defaultBranch">): string {
  return base ?? defaultBranch;
}

/** The key under which state of this line is kept: the repository's own for its default branch. */
export function lineKey(line: LineId): string {
  return line.base === undefined ? repositoryKey(line) : `${repositoryKey(line)}#${line.base}`;
}
