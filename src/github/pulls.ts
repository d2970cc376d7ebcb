import type { MergeMethod } from "../core/pull/branch-rules.ts";
import type { TouchedFile } from "../core/pull/competing.ts";
import type { MergeStanding } from "../core/pull/merge.ts";
import type { Repository, Sha } from "../core/repository.ts";
import type { Account } from "./installations.ts";

export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly mergeCommit?: Sha;
  readonly draft: boolean;
  /** The login of who opened it. */
  readonly author: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly branch: string;
  readonly head: Sha;
  /** The repository id of the head: another one's is a fork, and not ours. */
  readonly headRepository?: number;
  readonly base: string;
  /** `undefined` while GitHub is still computing it. */
  readonly mergeable?: boolean;
  /** RFC 3339, UTC: of the pull, its description, labels and conversation. */
  readonly updatedAt: string;
  /** How many comments its conversation has; a list does not say. */
  readonly comments?: number | undefined;
}

/** Who closed a pull: our own App, a person who may write to the repository now, or anyone else (another App, say). */
export interface Closing {
  readonly by: "us" | "writer" | "other";
  readonly who?: Account;
  /** Whether our own App had opened it. */
  readonly openedByUs: boolean;
}

export interface Review {
  readonly user: string;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed" | "pending";
  readonly commit: Sha;
  /** Whether its author may write to the repository now. */
  readonly mayWrite: boolean;
}

export interface Standing extends MergeStanding {
  readonly head: Sha;
  /** Its place in the merge queue, from 1. */
  readonly position?: number;
  /** Why it left the merge queue the last time, in GitHub's words. */
  readonly left?: string;
}

/** What became of asking for a review; `why` may quote hostile text. */
export type ReviewRequest = { readonly state: "asked" } | { readonly state: "refused"; readonly why: string };

/** A file that a pull changes; `sha`: its blob at the pull's head. */
export interface PullFile extends TouchedFile {
  readonly sha: Sha;
}

export interface Pulls {
  /** The newest pulls that are open into a branch, from wherever they come. */
  into(repository: Repository, base: string): Promise<readonly Pull[]>;
  /** What the pull of this head changes, by its first 300 files. */
  files(repository: Repository, number: number, head: Sha): Promise<readonly PullFile[]>;
  /** Pulls from our branches, newest first. */
  list(repository: Repository, branch: string, state: "open" | "all"): Promise<readonly Pull[]>;
  get(repository: Repository, number: number): Promise<Pull>;
  /** Of a closed pull. */
  closing(repository: Repository, number: number): Promise<Closing>;
  /** CONFLICT when there is one for this branch already. */
  open(repository: Repository, pull: { branch: string; base: string; title: string; body: string }): Promise<Pull>;
  update(
    repository: Repository,
    number: number,
    change: { title?: string; body?: string; state?: "closed" },
  ): Promise<void>;
  label(repository: Repository, number: number, labels: readonly string[]): Promise<void>;
  /**
   * Asks a user (`octocat`) or a team (`acme/payments`) to review; asking twice changes nothing. Who cannot be asked is
   * refused in GitHub's words, such as no collaborator, or a team that the App may not see.
   */
  requestReview(repository: Repository, number: number, reviewer: string): Promise<ReviewRequest>;
  /** Of people and other Apps, oldest first. */
  reviews(repository: Repository, number: number): Promise<readonly Review[]>;
  /** Merges exactly `head`, and answers with the merge commit. CONFLICT when head or base moved, DENIED when a rule says no. */
  merge(
    repository: Repository,
    number: number,
    { head, title, method }: { readonly head: Sha; readonly title: string; readonly method: MergeMethod },
  ): Promise<Sha>;
  /** What only GitHub can tell of a pull; with `queue`, where it stands with the merge queue too. */
  standing(repository: Repository, number: number, ask: { readonly queue: boolean }): Promise<Standing>;
  /** Puts exactly `head` into the merge queue, unless it is there. CONFLICT when the head moved, DENIED when a rule says no. */
  enqueue(repository: Repository, number: number, head: Sha): Promise<void>;
  /** Takes a pull out of the merge queue, if it is in there. DENIED when we may not. */
  dequeue(repository: Repository, number: number): Promise<void>;
}
