import { sha256 } from "../hash.ts";
import { type Reason, type ReasonCode, reason } from "../reason.ts";
import { formatPlatform } from "../reference.ts";
import { canonicalJson, storableJson } from "../text/canonical-json.ts";
import { delta } from "./delta.ts";
import { compareSeverity, effectiveSeverity, type Finding, type ScanReport } from "./finding.ts";
import type { Evidence, Gate, Scans, Verdict } from "./verdict.ts";

/** Below this many packages, halving is no sign of anything. */
const COLLAPSE_FROM = 10;
const MAX_NAMED = 10;
const MAX_ID = 64;

/** What failing evidence says for certain; any other reason may still be resolved, so the verdict is held. */
const FAILURES: ReadonlySet<ReasonCode> = new Set([
  "build-failed",
  "build-mismatch",
  "not-on-new-base",
  "findings-introduced",
  "known-exploited",
]);

const UNFINISHED: ReadonlySet<ReasonCode> = new Set(["build-pending", "scan-pending", "paused"]);

/**
 * The verdict on a change. Unknown is never clean: whatever is pending, unavailable or not comparable holds it; only
 * complete evidence passes. A failed or unfinished build says nothing about an image, so nothing else is looked at.
 */
export function judge(evidence: Evidence): Verdict {
  const build = judgeBuild(evidence.build);
  if (build.length > 0) return verdictOf(build);
  return verdictOf([
    ...judgeBase(evidence.base),
    ...judgeScans(evidence.scans, evidence.gate),
    ...judgeSignature(evidence.signature),
  ]);
}

function verdictOf(reasons: readonly Reason[]): Verdict {
  if (reasons.length === 0) return { state: "pass", reasons };
  const failures = reasons.filter(({ code }) => FAILURES.has(code));
  const rest = reasons.filter(({ code }) => !FAILURES.has(code));
  return { state: failures.length > 0 ? "fail" : "held", reasons: [...failures, ...rest] };
}

/** Whether all that a verdict is held for is on its way: nothing has been found yet, and no one need act. */
export function isUnfinished({ state, reasons }: Verdict): boolean {
  return state === "held" && reasons.length > 0 && reasons.every(({ code }) => UNFINISHED.has(code));
}

function judgeBuild(build: Evidence["build"]): readonly Reason[] {
  if (build.state === "done" || build.state === "not-applicable") return [];
  return [build.state === "pending" ? reason("build-pending") : build.reason];
}

function judgeBase(base: Evidence["base"]): readonly Reason[] {
  if (base === "not-on-new-base") return [reason("not-on-new-base")];
  return base === "unknown" ? [reason("base-unknown")] : [];
}

function judgeSignature({ policy, state }: Evidence["signature"]): readonly Reason[] {
  return policy === "require" && state !== "verified" ? [reason("signature-missing")] : [];
}

/**
 * Why the scan after a change is no better than acceptable; empty when it is. Without a scan from before, nothing tells
 * what the change introduced: that is unknown, and unknown is never clean.
 */
export function judgeScans(scans: Scans, gate: Gate): readonly Reason[] {
  if (scans.state === "pending") return [reason("scan-pending")];
  if (scans.state === "failed") return [scans.reason];
  const { before = [], after } = scans;
  if (after.length === 0) return [reason("scan-unavailable", "the new image was not scanned")];
  if (before.length === 0) return [reason("scan-unavailable", "the image before the change was not scanned")];
  return [...judgeComparison(before, after), ...judgeIntroduced(delta(before, after).introduced, gate)];
}

/** Why the two sets of reports cannot be compared. */
function judgeComparison(before: readonly ScanReport[], after: readonly ScanReport[]): readonly Reason[] {
  if (after.some(({ packages }) => packages.length === 0)) return [reason("scan-unsupported", "no packages were read")];
  const scanners = new Set(
    [...before, ...after].map(({ scanner }) => JSON.stringify([scanner.name, scanner.database])),
  );
  if (scanners.size > 1) return [reason("scan-unavailable", "old and new were not scanned with the same advisories")];
  return collapses(before, after);
}

/** A scan that lost most packages of a platform has not seen them; a platform that is gone lost all. */
function collapses(before: readonly ScanReport[], after: readonly ScanReport[]): readonly Reason[] {
  const counts = countPackages(after);
  return [...countPackages(before)]
    .map(([platform, old]) => ({ platform, old, now: counts.get(platform) ?? 0 }))
    .filter(({ old, now }) => old >= COLLAPSE_FROM && now * 2 < old)
    .map(({ platform, old, now }) => reason("package-collapse", `${platform}: ${old} packages before, ${now} now`));
}

function countPackages(reports: readonly ScanReport[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { platform, packages } of reports) {
    const key = formatPlatform(platform);
    counts.set(key, (counts.get(key) ?? 0) + packages.length);
  }
  return counts;
}

function judgeIntroduced(introduced: readonly Finding[], gate: Gate): readonly Reason[] {
  const exploited = introduced.filter((finding) => finding.knownExploited);
  const severe = introduced.filter((finding) => compareSeverity(effectiveSeverity(finding), gate.failOn) <= 0);
  const unrated = introduced.filter((finding) => effectiveSeverity(finding) === "unknown" && !severe.includes(finding));
  return [
    ...nonEmpty("known-exploited", exploited),
    ...nonEmpty("findings-introduced", severe),
    ...nonEmpty("severity-unknown", unrated),
  ];
}

function nonEmpty(code: ReasonCode, findings: readonly Finding[]): readonly Reason[] {
  return findings.length === 0 ? [] : [reason(code, nameFindings(findings))];
}

function nameFindings(findings: readonly Finding[]): string {
  const named = findings
    .slice(0, MAX_NAMED)
    .map((finding) => `${finding.id.slice(0, MAX_ID)} ${effectiveSeverity(finding)}`);
  const more = findings.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/**
 * A hash, in hex, of all that the verdict is made from: the same evidence has the same key whatever the order in which
 * reports and findings come. It is the external id of the check run.
 */
export function verdictKey(evidence: Evidence): string {
  const { scans } = evidence;
  const inputs =
    scans.state === "done"
      ? { ...scans, before: scans.before && hashReports(scans.before), after: hashReports(scans.after) }
      : scans;
  return hashValue({ ...evidence, scans: inputs });
}

function hashReports(reports: readonly ScanReport[]): readonly string[] {
  return reports
    .map((report) =>
      hashValue({ ...report, packages: report.packages.length, findings: report.findings.map(hashValue).sort() }),
    )
    .sort();
}

function hashValue(value: unknown): string {
  return sha256(canonicalJson(storableJson(value)));
}
