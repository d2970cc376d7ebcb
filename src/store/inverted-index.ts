import type { LineId } from "../core/line.ts";
import type { UseState } from "../core/plan/update.ts";
import type { Reason } from "../core/reason.ts";
import type { Digest, ImageName } from "../core/reference.ts";
import type { Repository, RepositoryId, Sha } from "../core/repository.ts";
import type { Globs, TagInUse } from "../core/tag/tag-index.ts";
import type { Extraction } from "../core/use/extraction.ts";

/** What a use contributes to the inverted index, and what a person is told of it. */
export interface IndexedUse {
  /** Absent when the use names no image that can be asked for. */
  readonly image?: ImageName;
  /** The tag that the use follows, `latest` where none is written; absent for a digest alone. */
  readonly tag?: string;
  readonly digest?: Digest;
  readonly path: string;
  readonly line: number;
  /** The reference as written. */
  readonly text: string;
  readonly state: UseState;
  /** Who owns the file, by CODEOWNERS. */
  readonly owners?: readonly string[];
  /** What policy wants newer tags to match there. */
  readonly globs?: Globs;
  readonly reason?: Reason;
  /** What it would name next, when an update is known. */
  readonly to?: { readonly tag?: string; readonly digest?: Digest };
}

export interface IndexedRepository extends Repository {
  /** The default branch's head that the uses were read from; absent before the first reading. */
  readonly head?: Sha;
  /** The default branch's head as GitHub itself named it last. */
  readonly named?: Sha;
  /** Set while somebody has said that something changed there, and GitHub has not been asked since. */
  readonly doubt?: Doubt;
  /** What policy said of other branches when GitHub was last asked for them; absent while it names none. */
  readonly maintained?: Maintained;
}

/** The branches beside the default one that policy wants to be kept patched. */
export interface Maintained {
  /** As configured. */
  readonly patterns: readonly string[];
  /** How many more of them there are than lines are kept. */
  readonly left: number;
}

/** A line beside the default branch, with what is known of it as of a repository. */
export interface IndexedLine extends Pick<IndexedRepository, "head" | "named" | "doubt"> {
  readonly base: string;
}

/**
 * Stands in doubt of a policy repository that GitHub refuses to show: nobody knows what it says now. Other doubts that arise leave it
 * standing, as of a later time, until it is settled.
 */
export const REFUSED = "GitHub refuses to show it";

/** Whether GitHub has named a line's head: what is only in doubt may be a new one, one that is gone, or one too many. */
export function isNamed({ named }: IndexedLine): boolean {
  return named !== undefined;
}

/** Why the index may be behind: a webhook, say. It is a hint, and nothing is read from it. */
export interface Doubt {
  /** The commit that was pushed, or what else happened, in words. */
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** A repository as GitHub listed it, with its default branch's head; without one where GitHub named none. */
export interface ListedRepository extends Repository {
  readonly named?: Sha;
}

/** The inverted index: which repository uses which image, and on which of its lines. */
export interface Index {
  saveRepository(repository: ListedRepository): Promise<void>;
  /** The same for many at once. */
  saveRepositories(repositories: readonly ListedRepository[]): Promise<void>;
  /** Somebody says that something changed there. No doubt arises of a push of the very head that GitHub named last. */
  doubt(line: LineId, doubt: Doubt): Promise<void>;
  /** GitHub was asked about this doubt; one that arose meanwhile stays. */
  settle(line: LineId, doubt: Doubt): Promise<void>;
  /** What was read last, if the same `reader` read it. */
  extraction(line: LineId, reader: string): Promise<Extraction | undefined>;
  saveExtraction(line: LineId, reader: string, extraction: Extraction): Promise<void>;
  /** The repository has no commit any more: nothing is left of what was read of its default branch. */
  removeExtraction(repository: RepositoryId): Promise<void>;
  /** Replaces all uses of a line, read at `head`. */
  saveUses(line: LineId, head: Sha, uses: readonly IndexedUse[]): Promise<void>;
  /** The lines beside the default branch, by their names. */
  lines(repository: RepositoryId): Promise<readonly IndexedLine[]>;
  /**
   * Makes these the lines beside the default branch, each with the head that GitHub named; nothing is left of the others but a
   * doubt about them. Without `maintained` policy names none any more.
   */
  saveLines(
    repository: RepositoryId,
    maintained: Maintained | undefined,
    lines: ReadonlyMap<string, Sha>,
  ): Promise<void>;
  /** Takes a repository out, with its uses; what else is kept of it stays. */
  removeRepository(repository: RepositoryId): Promise<void>;
  repository(id: RepositoryId): Promise<IndexedRepository | undefined>;
  /** The repositories of a numeric id, which is the same in every installation. */
  byNumber(repository: number): Promise<readonly IndexedRepository[]>;
  repositories(): Promise<readonly IndexedRepository[]>;
  /** Whose repositories are in the index. */
  accounts(): Promise<readonly IndexedAccount[]>;
  uses(line: LineId): Promise<readonly IndexedUse[]>;
  users(image: ImageName): Promise<readonly IndexedRepository[]>;
  /** Those of them that were planned before one of these tags of it, or the image itself, was observed. */
  unaware(image: ImageName, tags: readonly string[]): Promise<readonly IndexedRepository[]>;
  images(): Promise<readonly ImageName[]>;
  /** The tags of an image that uses name, each with what policy wants newer ones to match there. */
  tagsInUse(image: ImageName): Promise<readonly TagInUse[]>;
  /** The digests of an image that uses name, each with the tag that it is followed by; without one, none is known. */
  digestsInUse(image: ImageName): Promise<readonly { readonly digest: Digest; readonly tag?: string }[]>;
}

/** An owner of repositories, by the login it has now, in an installation. */
export interface IndexedAccount extends Pick<RepositoryId, "host" | "installation"> {
  readonly account: string;
}
