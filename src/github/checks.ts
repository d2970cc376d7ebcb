import type { RequiredCheck } from "../core/pull/branch-rules.ts";
import type { Repository, Sha } from "../core/repository.ts";

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly app: number | undefined;
  readonly externalId: string;
  readonly status: "queued" | "in_progress" | "completed" | "other";
  readonly conclusion?: string;
}

export interface CheckReport {
  readonly name: string;
  readonly head: Sha;
  /** The idempotency key: the same name, head and key is the same report, written once. */
  readonly externalId: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion?: "success" | "failure" | "neutral" | "action_required";
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface Checks {
  /** The latest check run of each name, and commit statuses as check runs without an App. */
  list(repository: Repository, commit: Sha): Promise<readonly CheckRun[]>;
  /**
   * Of the newest hundred pulls that are open into a branch, those whose head has no check run of ours of this name;
   * `outside`: from another repository.
   */
  unanswered(
    repository: Repository,
    base: string,
    name: string,
  ): Promise<readonly { readonly number: number; readonly outside: boolean }[]>;
  /**
   * Of the checks that must come from a certain App, those of which nothing is seen: neither a check suite of the App nor a status
   * of that name, on the branch's head or on one of its newest pulls. Such an App is hardly installed here.
   */
  silent(repository: Repository, branch: string, checks: readonly RequiredCheck[]): Promise<readonly RequiredCheck[]>;
  /**
   * Whether somebody asked to run our check runs on a commit again, and we have reported nothing since. GitHub says so by
   * their suite, which is then not completed; the check runs stay as they are.
   */
  isRerequested(repository: Repository, commit: Sha): Promise<boolean>;
  /**
   * Writes our check run of this name on this head: created, or the one that is there updated; annotations in batches of
   * 50. What is written already is written again only when somebody asked for that.
   */
  report(repository: Repository, check: CheckReport): Promise<void>;
}
