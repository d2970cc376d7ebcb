import type { Account, App, Authorization, Delivery, Installation, Registration, Team, Token } from "./access.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "./check.ts";
import type { Deployment, DeploymentStatus, Environment } from "./deployment.ts";
import type { Comment, Issue, Label, Reaction, Review } from "./issue.ts";
import type { QueueEntry } from "./queue.ts";
import type { Collaborator, Ref, Repository, Ruleset } from "./repository.ts";
import type { Artifact, Workflow, WorkflowRun } from "./run.ts";

/** What the fake GitHub remembers: flat, immutable records, each with an `id` unique within its kind. */
export interface Records {
  readonly counter: Counter;
  readonly app: App;
  readonly registration: Registration;
  readonly authorization: Authorization;
  readonly account: Account;
  readonly team: Team;
  readonly installation: Installation;
  readonly token: Token;
  readonly repository: Repository;
  readonly collaborator: Collaborator;
  readonly ref: Ref;
  readonly ruleset: Ruleset;
  readonly queueEntry: QueueEntry;
  readonly issue: Issue;
  readonly comment: Comment;
  readonly reaction: Reaction;
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

export interface Counter {
  readonly id: string;
  readonly value: number;
}
