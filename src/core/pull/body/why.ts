import type { Update, UpdateGroup } from "../../plan/update.ts";
import { code, escapeText, link } from "../../text/markdown.ts";
import {
  compareSeverity,
  countBySeverity,
  effectiveSeverity,
  type Finding,
  severities,
} from "../../verdict/finding.ts";
import type { Delta } from "../../verdict/verdict.ts";

/** Why the update is worth a person's time, and why now. */
export function whyNow({ updates }: UpdateGroup, delta: Delta | undefined): string {
  const [first] = updates;
  const step = first === undefined ? "there is an update" : describeChange(first);
  if (delta === undefined) return `**Why now:** ${step}. What it fixes is known once it is built and scanned.`;
  const [worst] = delta.fixed;
  if (worst === undefined) return `**Why now:** ${step}. It fixes no known finding.`;
  const all = delta.fixed.length === 1 ? "" : ` In all it fixes ${countText(delta.fixed)}.`;
  return `**Why now:** fixes ${describeWorst(worst)}.${all}`;
}

function describeWorst(finding: Finding): string {
  const name = link(finding.id, finding.url, 64);
  const severity = effectiveSeverity(finding);
  const rating = severity === "unknown" ? "not rated yet" : severity;
  const exploited = finding.knownExploited ? " and **exploited in the wild**" : "";
  return `${name} in ${code(finding.package, 80)}: ${rating}${exploited}`;
}

/** `21 findings in your image: 2 critical, 5 high and 14 lesser`. */
function countText(findings: readonly Finding[]): string {
  const counts = countBySeverity(findings);
  const lesser = severities.filter((severity) => compareSeverity(severity, "high") > 0);
  const parts = [
    [counts.critical, "critical"],
    [counts.high, "high"],
    [lesser.reduce((sum, severity) => sum + counts[severity], 0), "lesser"],
  ] as const;
  const named = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const last = named.pop() ?? "";
  const kinds = named.length === 0 ? last : `${named.join(", ")} and ${last}`;
  return `${findings.length} findings in your image: ${kinds}`;
}

function describeChange({ from, to, change }: Update): string {
  const tag = code(to.tag ?? "latest", 128);
  if (change === "digest") return `the registry published a new image for ${tag}`;
  if (change === "pin") return `${tag} is not pinned to a digest yet`;
  return `${tag} follows ${code(from.tag ?? "latest", 128)} (${escapeText(change, 10)} update)`;
}
