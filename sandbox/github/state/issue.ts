export interface Happening {
  readonly event: string;
  readonly actor: string;
  readonly at: string;
  /** Why a pull request left the merge queue. */
  readonly reason?: string;
}

/** An issue; a pull request is an issue with `pull`. */
export interface Issue {
  readonly id: number;
  readonly repository: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly author: string;
  readonly labels: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  readonly happenings: readonly Happening[];
  /** Who edited the description last. */
  readonly edited?: { readonly by: string; readonly at: string };
  readonly pull?: Pull;
}

export interface Pull {
  readonly id: number;
  readonly head: string;
  readonly headSha: string;
  /** The fork that the head is a branch of; its commits are in the one store, as on GitHub, and here its branches too. */
  readonly fork?: { readonly id: number; readonly owner: string };
  /** Who moved the head last. */
  readonly pushedBy: string;
  readonly base: string;
  readonly baseSha: string;
  readonly draft: boolean;
  /** Logins of who is asked to review, and slugs of teams. */
  readonly reviewers: readonly string[];
  readonly teams?: readonly string[];
  readonly mergedAt: string | null;
  readonly mergedBy: string | null;
  readonly mergeCommit: string | null;
}

export type PullRequest = Issue & { readonly pull: Pull };

export interface Comment {
  readonly id: number;
  readonly repository: number;
  readonly issue: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Of one person or App on a comment: each kind once. */
export interface Reaction {
  readonly id: number;
  readonly repository: number;
  readonly comment: number;
  readonly login: string;
  readonly content: string;
  readonly createdAt: string;
}

export interface Review {
  readonly id: number;
  readonly repository: number;
  readonly issue: number;
  readonly author: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: string;
}

export interface Label {
  readonly id: number;
  readonly repository: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}
