import type { UseState } from "../plan/update.ts";
import { URGENCIES, type Urgency } from "../policy/policy.ts";
import type { Reason } from "../reason.ts";
import type { Digest, ImageName } from "../reference.ts";
import type { RepositoryId } from "../repository.ts";
import { effectiveSeverity, type Finding } from "../verdict/finding.ts";

/** How many findings there are of each urgency; each finding counts once, at its worst. */
export type FindingCounts = Readonly<Record<Urgency, number>>;

/**
 * What our own scan says of the digest that a use names now. `unknown` is never clean: not yet scanned, not to be scanned,
 * or not lately. `found`: nothing, when all counts are 0. `at`: milliseconds since the epoch.
 */
export type Exposure =
  | { readonly state: "unknown"; readonly reason: Reason }
  | { readonly state: "scanned"; readonly at: number; readonly counts: FindingCounts };

/** What a person is told about a use and one vulnerability. */
export type Affectedness = "fix-ready" | "no-fix" | "unknown" | "not-affected";

/** In the order in which people need them. */
export const affectednesses: readonly Affectedness[] = ["fix-ready", "no-fix", "unknown", "not-affected"];

/** A place where a vulnerability was looked for. */
export interface AffectedUse {
  readonly state: Affectedness;
  /** Why it is unknown, or why a fix that is there is not on its way, or what else stands in the way. */
  readonly reason?: Reason;
  readonly repository: RepositoryId;
  readonly owner: string;
  readonly name: string;
  /** The branch, when it is not the default one. */
  readonly base?: string;
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly useState: UseState;
  readonly image?: ImageName;
  readonly tag?: string;
  readonly digest?: Digest;
  /** What the use would name next, when an update is known. */
  readonly to?: { readonly tag?: string; readonly digest?: Digest };
  /** The packages in which it was found, each with what is installed and the versions that fix it. */
  readonly packages: readonly AffectedPackage[];
  /** Our pull request that brings the update, while it is open. */
  readonly pull?: number;
  /** Who owns the file, by CODEOWNERS. */
  readonly owners?: readonly string[];
  /** Who is asked to review it, as policy says; empty: the repository's owner. */
  readonly reviewers: readonly string[];
}

export interface AffectedPackage {
  readonly name: string;
  readonly installed: string;
  readonly fixed: readonly string[];
}

/** Where a vulnerability is: of every state how many uses, and those that were asked for. */
export interface Affected {
  readonly counts: Readonly<Record<Affectedness, number>>;
  readonly uses: readonly AffectedUse[];
  /** What is known of the vulnerability itself, where one of the uses has it. */
  readonly finding?: Finding;
}

/** How old a scan may be, in milliseconds, to say that nothing was found: scans are daily, and may fail for once. */
export const STALE_SCAN = 2 * 24 * 3_600_000;

/** The most urgent of what was found; `undefined` when nothing was. */
export function worstOf(counts: FindingCounts): Urgency | undefined {
  return URGENCIES.find((urgency) => counts[urgency] > 0);
}

/** The urgency that a finding has. */
export function urgencyOfFinding(finding: Finding): Urgency {
  if (finding.knownExploited) return "known-exploited";
  const severity = effectiveSeverity(finding);
  return severity === "critical" || severity === "high" ? severity : "normal";
}

/** How many findings there are of each urgency. */
export function countByUrgency(findings: readonly Finding[]): FindingCounts {
  const counts: Record<Urgency, number> = { "known-exploited": 0, critical: 0, high: 0, normal: 0 };
  for (const finding of findings) counts[urgencyOfFinding(finding)] += 1;
  return counts;
}

/**
 * The state of a use as a person reads it. A current use that has findings is exposed: there is nothing that policy allows
 * it to move to.
 */
export function shownState(state: UseState, exposure: Exposure | undefined): string {
  const isExposed = exposure?.state === "scanned" && worstOf(exposure.counts) !== undefined;
  return state === "current" && isExposed ? "current, exposed (no fix)" : state;
}

/** Whether a text may be the id of a vulnerability, such as `CVE-2026-31001`, `GHSA-…`, `DSA-1-1` or `ALSA-2026:1`. */
export function isVulnerabilityId(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]{1,20}-[A-Za-z0-9][A-Za-z0-9._:-]{0,60}$/.test(text);
}

/** Who is asked about a use: whom CODEOWNERS names for its file, or the reviewers that policy names, or whoever owns the repository. */
export function ownersOf({
  owners = [],
  reviewers = [],
  owner,
}: Partial<Pick<AffectedUse, "owners" | "reviewers">> & Pick<AffectedUse, "owner">): readonly string[] {
  if (owners.length > 0) return owners;
  return reviewers.length > 0 ? reviewers : [`@${owner}`];
}

/** An id as it is looked up: ids differ in case from one source to another. */
export function normalId(id: string): string {
  return id.toUpperCase();
}
