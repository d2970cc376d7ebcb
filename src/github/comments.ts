import type { Repository } from "../core/repository.ts";
import type { Account } from "./installations.ts";

/** Who wrote something; `isPerson`: nobody's program, and nobody in whose name one speaks. */
export interface Author extends Account {
  readonly isPerson: boolean;
}

/** In the conversation of a pull. */
export interface Comment {
  readonly id: number;
  /** When it was written: RFC 3339, UTC. */
  readonly at: string;
  /** Whether it was changed since. */
  readonly edited: boolean;
  readonly body: string;
  /** Absent when the account is gone. */
  readonly author?: Author;
}

export interface Comments {
  /** Written or changed from `since` on (RFC 3339), oldest first; not `whole` when there are more than 300. */
  list(
    repository: Repository,
    number: number,
    since: string | undefined,
  ): Promise<{ readonly comments: readonly Comment[]; readonly whole: boolean }>;
  /** Nods at a comment, or looks puzzled; done twice, it stands once. */
  react(repository: Repository, comment: number, reaction: "yes" | "puzzled"): Promise<void>;
  write(repository: Repository, number: number, body: string): Promise<void>;
  /** Who changed a pull's description last, when, and what it said then; `undefined` when nobody ever did. */
  editor(
    repository: Repository,
    number: number,
  ): Promise<{ readonly author: Author; readonly at: string; readonly body: string } | undefined>;
  /** Whether a person may write to the repository now. */
  mayWrite(repository: Repository, login: string): Promise<boolean>;
}
