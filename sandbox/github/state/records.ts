/** What the fake GitHub remembers: flat, immutable records, each with an `id` unique within its kind. */
export interface Records {
  readonly counter: Counter;
  readonly app: App;
  readonly account: Account;
  readonly installation: Installation;
  readonly token: Token;
  readonly repository: Repository;
  readonly ref: Ref;
  readonly ruleset: Ruleset;
  readonly issue: Issue;
  readonly comment: Comment;
  readonly review: Review;
  readonly label: Label;
  readonly suite: CheckSuite;
  readonly check: CheckRun;
  readonly status: CommitStatus;
  readonly deployment: Deployment;
  readonly deploymentStatus: DeploymentStatus;
  readonly environment: Environment;
  readonly workflow: Workflow;
  readonly run: WorkflowRun;
  readonly artifact: Artifact;
  readonly delivery: Delivery;
}

export type Kind = keyof Records;
export type Json = Readonly<Record<string, unknown>>;
export type Permissions = Readonly<Record<string, string>>;

export interface Counter {
  readonly id: string;
  readonly value: number;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly owner: string;
  /** PEM; its private half signs the App's JWTs. An App without one (GitHub Actions) cannot log in. */
  readonly publicKey: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "Organization" | "User" | "Bot";
}

export interface Installation {
  readonly id: number;
  readonly app: number;
  readonly account: string;
  readonly repositories: "all" | readonly number[];
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: string;
}

/** A token that was given out: an installation's, narrowed and short-lived, or a person's. */
export type Token =
  | {
      readonly id: string;
      readonly kind: "installation";
      readonly installation: number;
      readonly repositories: "all" | readonly number[];
      readonly permissions: Permissions;
      readonly expiresAt: string;
    }
  | {
      readonly id: string;
      readonly kind: "user";
      readonly login: string;
      readonly repositories: "all" | readonly number[];
    };

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  /** The last issue or pull request number given out. */
  readonly lastNumber: number;
  readonly createdAt: string;
  readonly pushedAt: string;
}

/** A git reference; the truth, which the bare repository on disk is made to follow. */
export interface Ref {
  readonly id: string;
  readonly repository: number;
  /** The full name, such as `refs/heads/main`. */
  readonly name: string;
  readonly sha: string;
}

export interface RequiredCheck {
  readonly context: string;
  readonly app?: number;
}

export interface Ruleset {
  readonly id: number;
  readonly repository: number;
  readonly branch: string;
  readonly requiredChecks: readonly RequiredCheck[];
  readonly createdAt: string;
}

export interface Happening {
  readonly event: string;
  readonly actor: string;
  readonly at: string;
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
  readonly pull?: Pull;
}

export interface Pull {
  readonly id: number;
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
  readonly baseSha: string;
  readonly draft: boolean;
  readonly reviewers: readonly string[];
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

export interface CheckSuite {
  readonly id: number;
  readonly repository: number;
  readonly app: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly repository: number;
  readonly app: number;
  readonly suite: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Json[];
}

export interface CommitStatus {
  readonly id: number;
  readonly repository: number;
  readonly sha: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly repository: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: Json | string;
  readonly environment: string;
  readonly description: string | null;
  readonly creator: string;
  readonly transient: boolean;
  readonly production: boolean;
  readonly createdAt: string;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly repository: number;
  readonly deployment: number;
  readonly state: string;
  readonly creator: string;
  readonly description: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly createdAt: string;
}

export interface Environment {
  readonly id: number;
  readonly repository: number;
  readonly name: string;
  readonly createdAt: string;
}

export interface Workflow {
  readonly id: number;
  readonly repository: number;
  readonly path: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly repository: number;
  readonly workflow: number;
  readonly number: number;
  readonly event: string;
  readonly branch: string;
  readonly headSha: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: string;
  readonly suite: number;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Artifact {
  readonly id: number;
  readonly repository: number;
  readonly run: number;
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  readonly createdAt: string;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly app: number;
  readonly installation: number | null;
  readonly repository: number | null;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Json;
  readonly redelivery: boolean;
  readonly createdAt: string;
  /** `undefined` until it was attempted; `code` 0 when the receiver could not be reached. */
  readonly answer?: { readonly code: number; readonly text: string; readonly seconds: number; readonly url: string };
}
