import type { BranchRules, MergeMethod } from "../core/pull/branch-rules.ts";
import type { TouchedFile } from "../core/pull/competing.ts";
import type { MergeStanding } from "../core/pull/merge.ts";
import type { Repository, RepositoryId, Sha } from "../core/repository.ts";
import type { WriteRank } from "../core/write/turn.ts";

/**
 * What Oakum asks of GitHub, in small parts. Errors are `AppError`s: DENIED for a missing permission (its name in
 * the message), CONFLICT when the world moved under us, UNAVAILABLE with `retryAfter` for limits and outages.
 */
export interface GitHub {
  readonly installations: Installations;
  readonly trees: Trees;
  readonly branches: Branches;
  readonly pulls: Pulls;
  readonly comments: Comments;
  readonly issues: Issues;
  readonly checks: Checks;
  readonly workflows: Workflows;
  readonly deployments: Deployments;
  readonly deliveries: WebhookDeliveries;
  readonly writes: Writes;
}

/** Webhooks to this App, as GitHub keeps them for three days. */
export interface WebhookDeliveries {
  /** Those that failed, the newest first, a hundred at most. */
  failed(): Promise<readonly FailedDelivery[]>;
  /** Has one sent again, under the same guid. */
  redeliver(id: number): Promise<void>;
}

export interface FailedDelivery {
  readonly id: number;
  readonly guid: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

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

export interface TreeEntry {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000" | "160000" | "040000";
  readonly sha: Sha;
  readonly size: number;
}

export interface Trees {
  /** The commit that a branch points at; `undefined` when there is no such branch (or the repository is empty). */
  head(repository: Repository, branch: string): Promise<Sha | undefined>;
  /**
   * Every file of a commit that Oakum reads, by its path, subtrees walked where GitHub truncates. Symlinks and submodules are in
   * it by their modes.
   */
  tree(repository: Repository, commit: Sha): Promise<readonly TreeEntry[]>;
  blob(repository: Repository, sha: Sha): Promise<Uint8Array>;
  /** The contents of many files, by SHA, in as few requests as GitHub allows. */
  blobs(repository: Repository, entries: readonly TreeEntry[]): Promise<ReadonlyMap<Sha, Uint8Array>>;
}

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

export interface Issue {
  readonly number: number;
  readonly url: string;
  readonly state: "open" | "closed";
  readonly title: string;
  readonly body: string;
}

/** Issues that our own App wrote, and no others. */
export interface Issues {
  /** `undefined` when it is gone, elsewhere by now, or not ours. */
  get(repository: Repository, number: number): Promise<Issue | undefined>;
  /** Newest first, closed ones too. */
  ours(repository: Repository): Promise<readonly Issue[]>;
  create(repository: Repository, issue: { title: string; body: string }): Promise<Issue>;
  update(repository: Repository, number: number, change: { title?: string; body?: string }): Promise<void>;
}

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

export interface WorkflowRun {
  readonly id: number;
  readonly url: string;
  readonly head: Sha;
  readonly event: string;
  /** The run's display title (`run-name`), where a correlation id is found. */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly status: "queued" | "in_progress" | "completed" | "other";
  readonly conclusion?: string;
}

export interface Workflows {
  dispatch(
    repository: Repository,
    workflow: string,
    branch: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Runs of a workflow file for a head, newest first. */
  runs(repository: Repository, workflow: string, head: Sha): Promise<readonly WorkflowRun[]>;
  cancel(repository: Repository, run: number): Promise<void>;
  /** The files of a run's artifact, unpacked within limits; `undefined` when the run has none of that name. */
  artifact(repository: Repository, run: number, name: string): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
}

export interface Deployment {
  readonly id: number;
  readonly sha: Sha;
  readonly environment: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether our own App created it: anyone who may deploy can write the same payload. */
  readonly ours: boolean;
}

export interface DeploymentStatus {
  readonly state: string;
  readonly creator: string;
  readonly description: string;
}

/** A description is at most 140 characters long. */
export interface Deployments {
  /** Newest first. */
  list(repository: Repository, environment: string): Promise<readonly Deployment[]>;
  create(
    repository: Repository,
    deployment: { sha: Sha; environment: string; payload: Readonly<Record<string, unknown>>; description: string },
  ): Promise<Deployment>;
  /** Newest first. */
  statuses(repository: Repository, deployment: number): Promise<readonly DeploymentStatus[]>;
  setStatus(
    repository: Repository,
    deployment: number,
    status: { state: "success" | "failure" | "error" | "inactive"; description: string },
  ): Promise<void>;
}

/** What a job says of what it is about to change, so that it has its turn among all that want to. */
export interface Turn {
  /** The job's key. */
  readonly key: string;
  readonly repository: RepositoryId;
  /** Asked for when something is changed, if anything is. */
  urgency(): Promise<WriteRank>;
  /** Whether a person waits for it now. */
  readonly awaited: boolean;
  /** How many changes it makes until it can be left alone. */
  readonly writes: number;
}

export interface Writes {
  /**
   * Does `work` as a turn, or as one within another: the changes that it makes are granted together. UNAVAILABLE, before
   * the first of them, when others come before it or GitHub allows no more for now.
   */
  turn<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
}

/** How people say by GitHub who they are. */
export interface Logins {
  /** Where a browser is sent. `challenge`: the S256 hash of the verifier that comes with the code (RFC 7636). */
  address(state: string, challenge: string): string;
  /** Who came back with a code. INPUT when GitHub does not take it. */
  person(code: string, verifier: string): Promise<Person>;
}

export interface Person {
  readonly login: string;
  /** The repositories of our installations that they were given to read. */
  readonly repositories: readonly RepositoryId[];
}
