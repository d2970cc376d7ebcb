import type { PinnedImage, Platform } from "../reference.ts";

/** From worst to least; `unknown` gates as `high` where a score of 7 or more says so, and is never clean. */
export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";

/** A vulnerability in a package of a digest. */
export interface Finding {
  /** The id that people know: a CVE where there is one. */
  readonly id: string;
  /** All other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  readonly package: string;
  /** `os`: of the distribution; `lang`: of a language's package manager. */
  readonly class: "os" | "lang";
  readonly purl?: string;
  readonly installed: string;
  /** Versions that fix it; empty: no fix yet. */
  readonly fixed: readonly string[];
  readonly severity: Severity;
  /** CVSS base score, 0 to 10. */
  readonly score?: number;
  readonly knownExploited: boolean;
  readonly url: string;
}

/** What a scanner found in one platform of one digest. Only a complete scan is a report. */
export interface ScanReport {
  readonly image: PinnedImage;
  readonly platform: Platform;
  /** `database`: what tells one state of the advisories from another. */
  readonly scanner: { readonly name: string; readonly version: string; readonly database: string };
  /** Packages read, by which a scan that saw nothing is told from a clean one. */
  readonly packages: readonly InstalledPackage[];
  readonly findings: readonly Finding[];
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** From worst to least. */
export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "negligible", "unknown"];

/** Negative when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/**
 * The severity that decisions use: the scanner's, or where it has none the one of the CVSS base score (from 9 critical,
 * 7 high, 4 medium, 0.1 low, as in the CVSS specification). A score of 0, or none, leaves it unknown.
 */
export function effectiveSeverity(finding: Pick<Finding, "severity" | "score">): Severity {
  if (finding.severity !== "unknown") return finding.severity;
  const score = finding.score ?? 0;
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score >= 0.1 ? "low" : "unknown";
}

/** How many findings there are of each effective severity. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const finding of findings) counts[effectiveSeverity(finding)] += 1;
  return counts;
}

/** The order in which people read findings: exploited first, then by effective severity, then by id and package. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    Number(b.knownExploited) - Number(a.knownExploited) ||
    compareSeverity(effectiveSeverity(a), effectiveSeverity(b)) ||
    compareText(a.id, b.id) ||
    compareText(a.package, b.package)
  );
}

/** By UTF-16 units: the same order on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
