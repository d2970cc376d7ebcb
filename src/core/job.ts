import type { LineId } from "./line.ts";
import type { ImageName } from "./reference.ts";
import { type RepositoryId, repositoryKey, type Sha } from "./repository.ts";
import type { Target } from "./rollout/rollout.ts";

/** A unit of level-triggered work: it looks at the world and does what is missing, however often it runs. */
export type Job =
  | { readonly kind: "sweep" }
  | { readonly kind: "watch" }
  | { readonly kind: "image"; readonly image: ImageName }
  | { readonly kind: "scan" }
  /** All lines of a repository: one job, as they share its limits. `base`: the one that has news, where somebody said which. */
  | { readonly kind: "repo"; readonly repository: LineId }
  | { readonly kind: "pull"; readonly repository: RepositoryId; readonly branch: string }
  /** What a merge queue tests: a branch of GitHub's own. */
  | { readonly kind: "group"; readonly repository: RepositoryId; readonly branch: string }
  /** Somebody else's pull; `outside`: from a fork, by whom nobody here need know. */
  | {
      readonly kind: "answer";
      readonly repository: RepositoryId;
      readonly number: number;
      readonly outside?: true;
    }
  /** Somebody spoke to us on the pull request of this number. */
  | { readonly kind: "conversation"; readonly repository: RepositoryId; readonly number: number }
  | { readonly kind: "release"; readonly repository: RepositoryId; readonly merge: Sha }
  | { readonly kind: "target"; readonly target: Target }
  | { readonly kind: "report"; readonly host: string; readonly installation: number }
  | { readonly kind: "campaign"; readonly campaign: string };

/** The key of which at most one job is queued and one active. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case "sweep":
      return "sweep:";
    case "watch":
      return "watch:";
    case "image":
      return `image:${job.image.registry}/${job.image.repository}`;
    case "scan":
      return "scan:";
    case "repo":
      return `repo:${repositoryKey(job.repository)}`;
    case "pull":
      return `pull:${repositoryKey(job.repository)}#${job.branch}`;
    case "group":
      return `group:${repositoryKey(job.repository)}#${job.branch}`;
    case "answer":
      return `answer:${repositoryKey(job.repository)}#${job.number}`;
    case "conversation":
      return `conversation:${repositoryKey(job.repository)}#${job.number}`;
    case "release":
      return `release:${repositoryKey(job.repository)}@${job.merge}`;
    case "target":
      return targetJobKey(job.target);
    case "report":
      return `report:${job.host}/${job.installation}`;
    case "campaign":
      return `campaign:${job.campaign}`;
  }
}

function targetJobKey(target: Target): string {
  return `target:${repositoryKey(target.repository)}/${target.environment}/${target.name}`;
}

/** The repository that a job is about; none where it is about what several have in common. */
export function repositoryOf(job: Job): RepositoryId | undefined {
  if ("repository" in job) return job.repository;
  return job.kind === "target" ? job.target.repository : undefined;
}
