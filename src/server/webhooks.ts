import { z } from "zod";
import { AppError } from "../core/errors.ts";
import { type Job, jobKey } from "../core/job.ts";
import { QUEUE_BRANCHES } from "../core/pull/merge-group.ts";
import type { RepositoryId, Sha } from "../core/repository.ts";
import type { Target } from "../core/rollout/rollout.ts";
import { BACKLOG, EVENT, PERSON, type Priority } from "../core/write/priority.ts";

/** What the meaning of an event depends on. */
export interface WebhookContext {
  /** GitHub's host, as repositories are kept under it. */
  readonly host: string;
  /** The id of our own App, whose check runs are no news to us. */
  readonly app: number;
  /** Whether Oakum works for this account: one that the operator listed. */
  accepts(account: { readonly id: number; readonly login: string }): boolean;
  /** Whether policy names a branch of the repository that an event is about, beside the default one. */
  maintains(branch: string): boolean;
  /** What runs, or ran, in an environment of a repository. */
  targets(repository: RepositoryId, environment: string): readonly Target[];
}

const OUR_BRANCHES = "oakum/";
const COMMAND = "/oakum";
/** What happens to a repository that only a list of all tells of: it may have come, or be gone from us. */
const LISTED_ANEW: ReadonlySet<string> = new Set(["created", "deleted", "transferred", "unarchived"]);

const account = z.object({ id: z.number(), login: z.string() });
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const ofInstallation = z.object({ installation: z.object({ account }) });
const ofRepository = z.object({
  installation: z.object({ id: z.number() }),
  repository: z.object({ id: z.number(), default_branch: z.string(), owner: account }),
});
const ofAction = z.object({ action: z.string() });
const ofCause = z.object({ after: sha.optional(), action: z.string().optional() });
const ofPush = z.object({ ref: z.string() });
const ofPull = z.object({
  action: z.string(),
  pull_request: z.object({
    number: z.int(),
    head: z.object({ ref: z.string(), repo: z.object({ id: z.number() }).nullable() }),
    base: z.object({ ref: z.string() }),
  }),
});
const ofComment = z.object({
  action: z.string(),
  issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }),
  comment: z.object({ body: z.string() }),
});
const ofCheckRun = z.object({
  action: z.string(),
  check_run: z.object({
    head_sha: sha,
    app: z.object({ id: z.number() }).nullish(),
    check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
  }),
});
const ofCheckSuite = z.object({
  action: z.string(),
  check_suite: z.object({ head_branch: z.string().nullable(), head_sha: sha }),
});
const ofWorkflowRun = z.object({
  action: z.string(),
  workflow_run: z.object({
    head_branch: z.string().nullable(),
    head_sha: sha,
    head_repository: z.object({ id: z.number() }).nullish(),
  }),
});
const ofMergeGroup = z.object({ action: z.string(), merge_group: z.object({ head_ref: z.string() }) });
const ofStatus = z.object({ branches: z.array(z.object({ name: z.string() })) });
const ofDeploymentStatus = z.object({ deployment: z.object({ environment: z.string() }) });

interface Place {
  readonly id: RepositoryId;
  readonly defaultBranch: string;
}

type Reader = (payload: unknown, place: Place, context: WebhookContext) => readonly Job[];

const READERS: Readonly<Record<string, Reader>> = {
  push: (payload, place, context) => {
    const { ref } = ofPush.parse(payload);
    if (!ref.startsWith("refs/heads/")) return [];
    const branch = ref.slice("refs/heads/".length);
    if (branch.startsWith(QUEUE_BRANCHES)) return [{ kind: "group", repository: place.id, branch }];
    return branch === place.defaultBranch || context.maintains(branch)
      ? [lineJob(place, branch)]
      : pullJobs(place, branch);
  },
  issue_comment: (payload, place) => {
    const { action, issue, comment } = ofComment.parse(payload);
    const isForUs = issue.pull_request != null && comment.body.toLowerCase().includes(COMMAND);
    // What was changed is never obeyed.
    return action === "created" && isForUs
      ? [{ kind: "conversation", repository: place.id, number: issue.number }]
      : [];
  },
  pull_request: (payload, place, context) => {
    const own = pullEvent(payload, place, context);
    const { action, pull_request: pull } = ofPull.parse(payload);
    if (own.length > 0 || !NEW_HEADS.has(action)) return own;
    const outside = isFork(pull, place.id.repository) && ({ outside: true } as const);
    return [{ kind: "answer", repository: place.id, number: pull.number, ...outside }];
  },
  pull_request_review: pullEvent,
  merge_group: (payload, place) => {
    const { action, merge_group: group } = ofMergeGroup.parse(payload);
    const branch = group.head_ref.replace(/^refs\/heads\//, "");
    const isAsked = action === "checks_requested" && branch.startsWith(QUEUE_BRANCHES);
    return isAsked ? [{ kind: "group", repository: place.id, branch }] : [];
  },
  check_run: (payload, place, { app }) => {
    const { action, check_run: run } = ofCheckRun.parse(payload);
    const news = action === "rerequested" || (action === "completed" && run.app?.id !== app);
    return news ? headJobs(place, run.check_suite?.head_branch, run.head_sha) : [];
  },
  check_suite: (payload, place) => {
    const { action, check_suite: suite } = ofCheckSuite.parse(payload);
    return action === "requested" ? [] : headJobs(place, suite.head_branch, suite.head_sha);
  },
  workflow_run: (payload, place) => {
    const { action, workflow_run: run } = ofWorkflowRun.parse(payload);
    const ours = run.head_repository?.id === place.id.repository;
    return action === "completed" && ours ? headJobs(place, run.head_branch, run.head_sha) : [];
  },
  status: (payload, place) => ofStatus.parse(payload).branches.flatMap(({ name }) => pullJobs(place, name)),
  deployment_status: (payload, place, context) => {
    const { environment } = ofDeploymentStatus.parse(payload).deployment;
    return context.targets(place.id, environment).map((target) => ({ kind: "target", target }));
  },
  repository: (payload, place) =>
    LISTED_ANEW.has(ofAction.parse(payload).action) ? [{ kind: "sweep" }] : [{ kind: "repo", repository: place.id }],
  custom_property_values: (_, place) => [{ kind: "repo", repository: place.id }],
};

/** After these a pull has a head, or a base, that nobody has answered on. */
const NEW_HEADS: ReadonlySet<string> = new Set(["opened", "reopened", "synchronize", "edited"]);

const INSTALLATION_EVENTS: ReadonlySet<string> = new Set(["installation", "installation_repositories"]);

/** The events that mean something to us: a fixed set, safe as labels. */
export const KNOWN_EVENTS: ReadonlySet<string> = new Set([...Object.keys(READERS), ...INSTALLATION_EVENTS]);

/**
 * The jobs that an event asks for, each once. A webhook is a hint: a job looks for itself, so nothing else of the
 * payload is kept. None for events that mean nothing to us, forks, and accounts that we do not work for. Throws INPUT when
 * the payload is not what GitHub documents for the event.
 */
export function jobsFor(event: string, payload: unknown, context: WebhookContext): readonly Job[] {
  try {
    return unique(read(event, payload, context));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new AppError("INPUT", `not a ${event} event: ${z.prettifyError(error)}`);
  }
}

/** Why GitHub shall be asked about a repository again: the commit that was pushed, or what else happened. */
export function causeOf(event: string, payload: unknown): string {
  const { after, action } = ofCause.safeParse(payload).data ?? {};
  return (event === "push" ? after : undefined) ?? [event, action].filter((word) => word !== undefined).join(" ");
}

/** The repository that an event is about; `undefined` when it names none. */
export function repositoryOf(payload: unknown, host: string): RepositoryId | undefined {
  const { data } = ofRepository.safeParse(payload);
  return data && { host, installation: data.installation.id, repository: data.repository.id };
}

function read(event: string, payload: unknown, context: WebhookContext): readonly Job[] {
  if (INSTALLATION_EVENTS.has(event)) {
    const { installation } = ofInstallation.parse(payload);
    return context.accepts(installation.account) ? [{ kind: "sweep" }] : [];
  }
  const reader = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  if (reader === undefined) return [];
  const { installation, repository } = ofRepository.parse(payload);
  if (!context.accepts(repository.owner)) return [];
  const id = { host: context.host, installation: installation.id, repository: repository.id };
  return reader(payload, { id, defaultBranch: repository.default_branch }, context);
}

function pullEvent(payload: unknown, place: Place, { maintains }: WebhookContext): readonly Job[] {
  const { action, pull_request: pull } = ofPull.parse(payload);
  const isOurs = pull.head.repo?.id === place.id.repository && pull.head.ref.startsWith(OUR_BRANCHES);
  if (isOurs) return pullJobs(place, pull.head.ref);
  // Somebody else's that is no longer open may have stood in the way of one of ours.
  if (action !== "closed") return [];
  return [maintains(pull.base.ref) ? lineJob(place, pull.base.ref) : { kind: "repo", repository: place.id }];
}

/** Of a repository, on one of whose lines something happened. */
function lineJob({ id, defaultBranch }: Place, base: string): Job {
  return { kind: "repo", repository: base === defaultBranch ? id : { ...id, base } };
}

/** Whether a pull comes from elsewhere, where whoever likes may push. */
function isFork({ head }: z.output<typeof ofPull>["pull_request"], repository: number): boolean {
  return head.repo?.id !== repository;
}

/** Of a commit that was checked: the pull that it belongs to, or what the default branch builds of it. */
function headJobs(place: Place, branch: string | null | undefined, head: Sha): readonly Job[] {
  if (branch == null) return [];
  return branch === place.defaultBranch
    ? [{ kind: "release", repository: place.id, merge: head }]
    : pullJobs(place, branch);
}

function pullJobs(place: Place, branch: string): readonly Job[] {
  return branch.startsWith(OUR_BRANCHES) ? [{ kind: "pull", repository: place.id, branch }] : [];
}

const ofPerson = z.object({ sender: z.object({ type: z.literal("User") }) });
const ofPullHere = ofPull.extend({ repository: z.object({ id: z.number() }) });

/**
 * How urgent a job is that an event asks for: a person who caused it may look for what comes of it. Not an App, as we are one;
 * and nobody who need not be known here, as whoever pushes to a fork.
 */
export function priorityOf(job: Job, payload: unknown): Priority {
  if (job.kind === "answer" && job.outside) return BACKLOG;
  const { data } = ofPullHere.safeParse(payload);
  const isOutside = data !== undefined && isFork(data.pull_request, data.repository.id);
  return !isOutside && ofPerson.safeParse(payload).success ? PERSON : EVENT;
}

function unique(jobs: readonly Job[]): readonly Job[] {
  return [...new Map(jobs.map((job) => [jobKey(job), job])).values()];
}
