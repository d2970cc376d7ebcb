import type { AppError } from "../core/errors.ts";
import type { Job } from "../core/job.ts";
import type { Fact, LedgerEntry } from "../core/ledger.ts";
import type { Observation, TagProblem } from "../core/plan/observation.ts";
import type { Outlook } from "../core/plan/outlook.ts";
import type { UseState } from "../core/plan/update.ts";
import type { PullRecord } from "../core/pull/pull.ts";
import type { Reason } from "../core/reason.ts";
import type { Digest, ImageName, PinnedImage, Platform } from "../core/reference.ts";
import type { Repository, RepositoryId, Sha } from "../core/repository.ts";
import type { Release, Rollout, Target } from "../core/rollout/rollout.ts";
import type { Extraction } from "../core/use/extraction.ts";
import type { Finding, ScanReport } from "../core/verdict/finding.ts";
import type { Affected, Affectedness } from "../core/view/exposure.ts";
import type {
  FindingQuestion,
  ImageDetail,
  Looking,
  ShownImage,
  ShownRepository,
  ShownUse,
  Summary,
  UseFilter,
} from "../core/view/view.ts";
import type { Listed, Slice, Viewer } from "../core/view/viewer.ts";
import type { WriteBacklog, WriteDecision, WriteRequest } from "../core/write/budget.ts";
import type { Priority } from "../core/write/priority.ts";
import type { LimitsAt, WriteLimits } from "../core/write/window.ts";

/** What only we know. Everything else is asked of the repository, GitHub, the registries and the targets. */
export interface Tables {
  readonly index: Index;
  readonly outlooks: Outlooks;
  readonly observations: Observations;
  readonly scans: Scans;
  readonly exposures: Exposures;
  readonly views: Views;
  readonly pulls: PullRecords;
  readonly rollouts: Rollouts;
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly fences: Fences;
  readonly deliveries: Deliveries;
  readonly sessions: Sessions;
  readonly budgets: Budgets;
  /**
   * Deletes all that is kept of a repository that we may no longer see, and of images that nobody else uses. What is
   * quarantined stays, and so does the ledger.
   */
  forget(repository: RepositoryId): Promise<void>;
}

export interface Store extends Tables {
  /** All of `work` or nothing, jobs included. Never nested. */
  transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The store as the process opened it: with the queue's other end, from which jobs are run. */
export interface OpenStore extends Store {
  readonly queue: Queue;
  /** Told when a newer version of Oakum has changed the tables: from then on no job of this process may begin an act. */
  readonly superseded: Promise<AppError>;
}

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

/** The inverted index: which repository uses which image. */
export interface Index {
  saveRepository(repository: ListedRepository): Promise<void>;
  /** The same for many at once. */
  saveRepositories(repositories: readonly ListedRepository[]): Promise<void>;
  /** Somebody says that something changed there. No doubt arises of a push of the very head that GitHub named last. */
  doubt(repository: RepositoryId, doubt: Doubt): Promise<void>;
  /** GitHub was asked about this doubt; one that arose meanwhile stays. */
  settle(repository: RepositoryId, doubt: Doubt): Promise<void>;
  /** What was read last, if the same `reader` read it. */
  extraction(repository: RepositoryId, reader: string): Promise<Extraction | undefined>;
  saveExtraction(repository: RepositoryId, reader: string, extraction: Extraction): Promise<void>;
  /** The repository has no commit any more: nothing is left of what was read. */
  removeExtraction(repository: RepositoryId): Promise<void>;
  /** Replaces all uses of a repository, read at `head`. */
  saveUses(repository: RepositoryId, head: Sha, uses: readonly IndexedUse[]): Promise<void>;
  /** Takes a repository out, with its uses; what else is kept of it stays. */
  removeRepository(repository: RepositoryId): Promise<void>;
  repository(id: RepositoryId): Promise<IndexedRepository | undefined>;
  /** The repositories of a numeric id, which is the same in every installation. */
  byNumber(repository: number): Promise<readonly IndexedRepository[]>;
  repositories(): Promise<readonly IndexedRepository[]>;
  /** Whose repositories are in the index. */
  accounts(): Promise<readonly IndexedAccount[]>;
  uses(repository: RepositoryId): Promise<readonly IndexedUse[]>;
  users(image: ImageName): Promise<readonly IndexedRepository[]>;
  /** Those of them that were planned before one of these tags of it, or the image itself, was observed. */
  unaware(image: ImageName, tags: readonly string[]): Promise<readonly IndexedRepository[]>;
  images(): Promise<readonly ImageName[]>;
  /** The tags of an image that uses name. */
  tagsInUse(image: ImageName): Promise<readonly string[]>;
}

/** An owner of repositories, by the login it has now, in an installation. */
export interface IndexedAccount extends Pick<RepositoryId, "host" | "installation"> {
  readonly account: string;
}

/** What the newest plan of each repository comes to. One that leaves the index has none any more. */
export interface Outlooks {
  /** Nothing, for a repository that is not in the index. */
  save(repository: RepositoryId, outlook: Outlook): Promise<void>;
  of(repository: RepositoryId): Promise<Outlook | undefined>;
  /** Of all repositories of an installation, by their keys. */
  list(installation: Pick<RepositoryId, "host" | "installation">): Promise<ReadonlyMap<string, Outlook>>;
}

/** The registry's tags and what they named, by our own clock; or why the registry did not say. */
export interface Observations {
  of(image: ImageName): Promise<ObservedImage | undefined>;
  /** By the image's key; those that were never looked at are left out. */
  ofAll(images: readonly ImageName[]): Promise<ReadonlyMap<string, ObservedImage>>;
  /** Replaces the list of tags and what is wrong with some of them, and upserts the observations. */
  save(
    image: ImageName,
    tags: readonly string[],
    changed: readonly Observation[],
    problems?: readonly TagProblem[],
  ): Promise<void>;
  /** Remembers why the image could not be observed, until the next `save`. What was observed before stays. */
  fail(image: ImageName, reason: Reason): Promise<void>;
}

export interface ObservedImage {
  readonly tags: readonly string[];
  readonly observations: readonly Observation[];
  /** Set while the newest try to observe it failed. */
  readonly problem?: Reason;
  /** The tags that the registry had no usable answer for, when there are any. */
  readonly tagProblems?: readonly TagProblem[];
}

/** Finished scans: the same digest, platform, scanner and advisories are not scanned twice. */
export interface Scans {
  /** The newest finished scan, if it is of these times: one that is later than now was made by a clock that has been set back. */
  find(image: PinnedImage, platform: Platform, scanner: string, made: Span): Promise<ScanReport | undefined>;
  save(report: ScanReport, at: number): Promise<void>;
}

/** From a time to a time, both included, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What our own scans found in the digests that are in use, and in those that would come next. */
export interface Exposures {
  /**
   * Digests of images in use whose scan is due: those never scanned first. Uses that configuration ignores have none.
   * Times: milliseconds since the epoch.
   */
  due(now: number, limit: number): Promise<readonly PinnedImage[]>;
  /** Replaces what was found in a digest, of all its platforms together. */
  save(
    image: PinnedImage,
    findings: readonly Finding[],
    times: { readonly at: number; readonly dueAt: number },
  ): Promise<void>;
  /** Remembers why a digest could not be scanned; what an earlier scan found stays. */
  fail(image: PinnedImage, reason: Reason, dueAt: number): Promise<void>;
  /**
   * Where a vulnerability, by any of its ids, was looked for: how many uses there are of each state, and those of the
   * wanted states, the most urgent states first.
   */
  affected(id: string, wanted: AffectedQuestion): Promise<Affected>;
}

export interface AffectedQuestion extends Slice {
  readonly viewer: Viewer;
  readonly states: readonly Affectedness[];
  /** Milliseconds since the epoch: scans from before it do not say that nothing was found. */
  readonly freshSince: number;
}

/** What the page reads: always what one viewer may see, counted among that alone, and of every list one part. */
export interface Views {
  summary(looking: Looking): Promise<Summary>;
  /** By repository and place. */
  uses(filter: UseFilter, slice: Slice): Promise<Listed<ShownUse>>;
  /** Those whose `owner/name` contains a text, by name. */
  repositories(looking: Looking, slice: Slice, text?: string): Promise<Listed<ShownRepository>>;
  /** By its present name, in any case. */
  repository(viewer: Viewer, owner: string, name: string): Promise<IndexedRepository | undefined>;
  /** Those whose name contains a text, the most used first. */
  images(looking: Looking, slice: Slice, text?: string): Promise<Listed<ShownImage>>;
  image(looking: Looking, image: ImageName): Promise<ImageDetail | undefined>;
  /** What was found in a digest that a use names now, or would name next; worst first. */
  findings(viewer: Viewer, question: FindingQuestion): Promise<Listed<Finding>>;
  /** Newest first. */
  pulls(viewer: Viewer, wanted: WantedPulls, slice: Slice): Promise<Listed<PullRecord>>;
  /** Those under way first, then the newest. */
  rollouts(viewer: Viewer, wanted: { readonly repository?: RepositoryId }, slice: Slice): Promise<Listed<Rollout>>;
  /** Newest first: of exactly these subjects, or of those that begin with a text. */
  ledger(viewer: Viewer, wanted: WantedFacts, slice: Slice): Promise<Listed<LedgerEntry>>;
  /** The repositories with these keys. */
  names(viewer: Viewer, keys: readonly string[]): Promise<ReadonlyMap<string, IndexedRepository>>;
}

export interface WantedPulls {
  readonly repository?: RepositoryId;
  readonly state?: PullRecord["state"];
  readonly number?: number;
}

export interface WantedFacts {
  readonly subjects?: readonly string[];
  readonly beginning?: string;
}

export interface PullRecords {
  /** Writes a record over the open or closed one of its branch; one that merged stays. */
  save(record: PullRecord): Promise<void>;
  /** Changes the newest record of a branch as it stands now, locked meanwhile; nothing when there is none. */
  update(repository: RepositoryId, branch: string, change: (record: PullRecord) => PullRecord): Promise<void>;
  /** The newest record of a branch. */
  get(repository: RepositoryId, branch: string): Promise<PullRecord | undefined>;
  byMerge(repository: RepositoryId, merge: Sha): Promise<PullRecord | undefined>;
  /** Newest first. */
  list(repository: RepositoryId | undefined): Promise<readonly PullRecord[]>;
  /** Every repository that a record is about, once. */
  repositories(): Promise<readonly RepositoryId[]>;
  /** The newest of each branch, unless it merged: those that are open, or closed. */
  unmerged(): Promise<readonly PullRecord[]>;
  /** Those that merged, and whose merge has no release. */
  unreleased(): Promise<readonly PullRecord[]>;
}

export interface Rollouts {
  saveRelease(release: Release): Promise<void>;
  release(repository: RepositoryId, merge: Sha): Promise<Release | undefined>;
  /** The release of this repository with this digest: what a rollback deploys. */
  releaseByDigest(repository: RepositoryId, digest: Digest): Promise<Release | undefined>;
  save(rollout: Rollout): Promise<void>;
  /** Changes a rollout as it stands now, locked meanwhile, and answers with it; nothing when there is none of this id. */
  update(id: string, change: (rollout: Rollout) => Rollout): Promise<Rollout | undefined>;
  /** The newest rollout of a target. */
  current(target: Target): Promise<Rollout | undefined>;
  /** Newest first. */
  list(): Promise<readonly Rollout[]>;
  /** Those that have not ended. */
  underWay(): Promise<readonly Rollout[]>;
  /** Newest first. */
  ofRepository(repository: RepositoryId): Promise<readonly Rollout[]>;
  /** Newest first. */
  ofCampaign(campaign: string): Promise<readonly Rollout[]>;
}

/** Digests that failed: in one repository. */
export interface Quarantine {
  add(repository: RepositoryId, digest: Digest, cause: string): Promise<void>;
  digests(repository: RepositoryId): Promise<ReadonlySet<Digest>>;
}

/** The append-only, hash-chained record of facts. */
export interface Ledger {
  /** Appends the fact unless it stands already (subject + transition + cause), and returns the row that stands. */
  append(fact: Fact, at: number): Promise<LedgerEntry>;
  find(subject: string, transition: string, cause: string): Promise<LedgerEntry | undefined>;
  /** The newest entry of a transition of a subject, whatever its cause. */
  newest(subject: string, transition: string): Promise<LedgerEntry | undefined>;
  /** In order of sequence, from `after` (exclusive), at most `limit`. */
  read(after: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** The newest entry: the head of the chain. */
  last(): Promise<LedgerEntry | undefined>;
}

export interface Jobs {
  /** Something happened: queues the job now, or moves the queued one forward; one more when it is active. */
  enqueue(job: Job, priority?: Priority): Promise<void>;
  /** The same for jobs of different keys, at once. */
  enqueueAll(jobs: readonly Job[], priority?: Priority): Promise<void>;
  /** A timer: queues the job for `at` (milliseconds since the epoch) unless it is queued for an earlier time already. */
  wake(job: Job, at: number, priority?: Priority): Promise<void>;
}

/** One start of a queued job. */
export interface JobStart {
  readonly job: Job;
  readonly priority: Priority;
  /** How many starts of this job in a row have failed just before. */
  readonly failures: number;
  /** The number of this start, the highest of its key. */
  readonly fence: number;
}

/** What becomes of a job that ran: it is finished, or queued again for `at` (milliseconds since the epoch). */
export type JobEnd =
  | { readonly state: "finished" }
  | { readonly state: "again"; readonly at: number; readonly failures: number };

export interface JobCount {
  readonly kind: Job["kind"];
  readonly state: "due" | "waiting" | "active";
  readonly count: number;
}

export interface Worker {
  /** Starts nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** The worker's side of the queue. Delivery is at least once. */
export interface Queue {
  /** Runs what is due, by priority, about `concurrency` jobs at once, never two of one key. `run` does not throw. */
  work(concurrency: number, run: (start: JobStart) => Promise<JobEnd>): Promise<Worker>;
  counts(): Promise<readonly JobCount[]>;
}

/**
 * Who may act for a key: each start of a job takes a new number, and acts only while it is still the highest. Both are
 * UNAVAILABLE to a process whose tables a newer version of Oakum has changed.
 */
export interface Fences {
  take(key: string): Promise<number>;
  /** Locks the key's row in a transaction, so that the answer holds until it commits. */
  current(key: string): Promise<number>;
}

export interface Deliveries {
  /** Remembers a webhook's delivery id; false when it is known already. */
  remember(id: string, at: number): Promise<boolean>;
}

/** Whose requests GitHub counts together. */
export type Installation = Pick<RepositoryId, "host" | "installation">;

/**
 * What an installation may still ask of GitHub. It is kept here, so that neither a restart nor another process forgets it.
 * Times are milliseconds since the epoch, by the clock of whoever asks.
 */
export interface Budgets {
  /** Decides whether a write may be made now, and remembers what was decided. */
  write(of: Installation, request: WriteRequest, limits: WriteLimits, now: number): Promise<WriteDecision>;
  /** Ends the turn of a job, which gives back what it was granted and did not use, or waits no longer. */
  release(of: Installation, key: string): Promise<void>;
  /** Remembers that GitHub wants to be left alone, for so many seconds where it said; answers until when. */
  pause(of: Installation, seconds: number | undefined, now: number): Promise<number>;
  /** Until when GitHub wants to be left alone; 0: it never said. */
  pausedUntil(of: Installation): Promise<number>;
  /** How long the backlog of each installation is, and until when it is paused. Without limits nothing waits but for a pause. */
  backlogs(limitsAt: LimitsAt, now: number): Promise<readonly InstallationBacklog[]>;
}

export interface InstallationBacklog extends Installation, WriteBacklog {
  readonly pausedUntil: number;
}

/** Who is logged in. */
export interface Sessions {
  /** Ends those that are over by `now` as well. */
  save(session: Session, now: number): Promise<void>;
  /** One that is not over by `now`. */
  find(id: string, now: number): Promise<Session | undefined>;
  remove(id: string): Promise<void>;
}

export interface Session {
  /** A hash of what the browser has: nobody can take a session over by what stands here. */
  readonly id: string;
  readonly login: string;
  /** The keys of the repositories that its person may read. */
  readonly repositories: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expires: number;
}
