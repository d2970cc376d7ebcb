import type { Generated, JSONColumnType, Kysely } from "kysely";
import type { IndexContent } from "../../core/plan/index-content.ts";
import type { TagProblem } from "../../core/plan/observation.ts";
import type { Outlook } from "../../core/plan/outlook.ts";
import type { Asked, NamedBy } from "../../core/plan/publication.ts";
import type { UseState } from "../../core/plan/update.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { Reason } from "../../core/reason.ts";
import type { Digest } from "../../core/reference.ts";
import type { Properties } from "../../core/repository.ts";
import type { Release, Rollout, RolloutPhase } from "../../core/rollout/rollout.ts";
import type { Globs } from "../../core/tag/tag-index.ts";
import type { Extraction } from "../../core/use/extraction.ts";
import type { Finding, ScanReport } from "../../core/verdict/finding.ts";
import type { WriteTurn } from "../../core/write/turn.ts";
import type { Maintained } from "../inverted-index.ts";

/**
 * The tables as the migrations leave them. Times are milliseconds since the epoch. Documents are `json`, not `jsonb`: no
 * query looks inside them, and `jsonb` refuses the `\u0000` that a hostile report or file may hold.
 */
export interface Schema {
  readonly repositories: RepositoryRow;
  readonly lines: LineRow;
  readonly extractions: ExtractionRow;
  readonly uses: UseRow;
  readonly outlooks: OutlookRow;
  readonly images: ImageRow;
  readonly observations: ObservationRow;
  readonly publications: PublicationRow;
  readonly digests: DigestRow;
  readonly scans: ScanRow;
  readonly exposures: ExposureRow;
  readonly findings: FindingRow;
  readonly pulls: PullRow;
  readonly releases: ReleaseRow;
  readonly rollouts: RolloutRow;
  readonly quarantine: QuarantineRow;
  readonly ledger: LedgerRow;
  readonly fences: FenceRow;
  readonly deliveries: DeliveryRow;
  readonly sessions: SessionRow;
  readonly write_budgets: WriteBudgetRow;
  readonly write_turns: WriteTurnRow;
}

/** A connection, or a transaction on one. */
export type Connection = Kysely<Schema>;

export interface RepositoryRow {
  /** `repositoryKey`. */
  readonly key: string;
  readonly host: string;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly name: string;
  readonly default_branch: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly head: string | null;
  readonly named: string | null;
  readonly doubt: string | null;
  readonly doubted_at: number | null;
  readonly properties: JSONColumnType<Properties> | null;
  readonly maintained: JSONColumnType<Maintained> | null;
}

/** A branch beside the default one that is kept patched. */
export interface LineRow {
  readonly repository_key: string;
  readonly base: string;
  readonly head: string | null;
  readonly named: string | null;
  readonly doubt: string | null;
  readonly doubted_at: number | null;
}

interface ExtractionRow {
  readonly repository_key: string;
  /** `baseColumn`. */
  readonly base: string;
  /** What extracted it: another one may extract more from the same commit. */
  readonly reader: string;
  readonly extraction: JSONColumnType<Extraction>;
}

export interface UseRow {
  readonly repository_key: string;
  /** `baseColumn`. */
  readonly base: string;
  /** The use's place in the order in which the files were read. */
  readonly ordinal: number;
  readonly registry: string | null;
  readonly image: string | null;
  readonly tag: string | null;
  readonly digest: Digest | null;
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly state: UseState;
  readonly reason: JSONColumnType<Reason> | null;
  readonly to_tag: string | null;
  readonly to_digest: Digest | null;
  readonly owners: JSONColumnType<readonly string[]> | null;
  readonly globs: JSONColumnType<Globs> | null;
}

interface OutlookRow {
  readonly repository_key: string;
  /** `baseColumn`. */
  readonly base: string;
  readonly record: JSONColumnType<Outlook>;
}

export interface ImageRow {
  readonly registry: string;
  readonly image: string;
  readonly tags: JSONColumnType<readonly string[]>;
  readonly problem: JSONColumnType<Reason> | null;
  readonly tag_problems: JSONColumnType<readonly TagProblem[]> | null;
}

export interface ObservationRow {
  readonly registry: string;
  readonly image: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly gone_since: number | null;
}

export interface PublicationRow {
  readonly registry: string;
  readonly image: string;
  readonly digest: Digest;
  readonly tag: string;
  readonly by: NamedBy["by"];
  readonly at: number;
}

/** What was asked about a digest: which tags name it, and what it names itself. */
export interface DigestRow {
  readonly registry: string;
  readonly image: string;
  readonly digest: Digest;
  readonly asked: JSONColumnType<Asked> | null;
  readonly content: JSONColumnType<IndexContent> | null;
}

interface ScanRow {
  readonly registry: string;
  readonly image: string;
  readonly digest: Digest;
  /** `os/architecture[/variant]`. */
  readonly platform: string;
  readonly scanner: string;
  readonly at: number;
  readonly report: JSONColumnType<ScanReport>;
}

/** A digest that was scanned, or could not be. Counts are of findings, each at its worst urgency. */
interface ExposureRow {
  readonly registry: string;
  readonly image: string;
  readonly digest: Digest;
  /** When it was last scanned whole; null when it never was. */
  readonly at: number | null;
  /** When it is scanned again. */
  readonly due_at: number;
  /** Why the newest try failed. */
  readonly problem: JSONColumnType<Reason> | null;
  readonly known_exploited: number;
  readonly critical: number;
  readonly high: number;
  readonly normal: number;
}

interface FindingRow {
  readonly registry: string;
  readonly image: string;
  readonly digest: Digest;
  /** The order in which people read them. */
  readonly ordinal: number;
  /** All ids of the vulnerability, as they are looked up. */
  readonly ids: readonly string[];
  readonly package: string;
  readonly known_exploited: boolean;
  readonly finding: JSONColumnType<Finding>;
}

interface PullRow {
  readonly repository_key: string;
  readonly branch: string;
  readonly merge: string | null;
  readonly opened_at: number;
  readonly state: PullRecord["state"];
  readonly number: number | null;
  /** The order in which records were first written. */
  readonly sequence: Generated<number>;
  readonly record: JSONColumnType<PullRecord>;
}

interface ReleaseRow {
  readonly repository_key: string;
  readonly merge: string;
  readonly digest: Digest;
  readonly sequence: Generated<number>;
  readonly record: JSONColumnType<Release>;
}

interface RolloutRow {
  readonly id: string;
  /** The job key of the target. */
  readonly target: string;
  readonly campaign: string;
  readonly repository_key: string;
  readonly phase: RolloutPhase;
  readonly sequence: Generated<number>;
  readonly record: JSONColumnType<Rollout>;
}

interface QuarantineRow {
  readonly repository_key: string;
  readonly digest: Digest;
  readonly cause: string;
  readonly at: number;
}

export interface LedgerRow {
  readonly sequence: number;
  readonly at: string;
  readonly subject: string;
  readonly transition: string;
  readonly cause: string;
  readonly data: JSONColumnType<{ readonly [key: string]: unknown }>;
  readonly previous: string;
  readonly hash: string;
}

interface FenceRow {
  readonly key: string;
  readonly number: number;
}

interface DeliveryRow {
  readonly id: string;
  readonly at: number;
}

interface WriteBudgetRow {
  readonly host: string;
  readonly installation: number;
  readonly writes: JSONColumnType<readonly number[]>;
  readonly noticed: number;
  readonly paused: number;
  readonly strikes: number;
}

interface WriteTurnRow extends WriteTurn {
  readonly host: string;
  readonly installation: number;
}

interface SessionRow {
  readonly id: string;
  readonly login: string;
  readonly repositories: JSONColumnType<readonly string[]>;
  readonly expires: number;
}
