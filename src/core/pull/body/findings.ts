import { code, fold, link, table, takeWithin } from "../../text/markdown.ts";
import { countBySeverity, effectiveSeverity, type Finding, severities } from "../../verdict/finding.ts";
import type { Delta } from "../../verdict/verdict.ts";

const MOST_ROWS = 100;
const MOST_VERSIONS = 3;
/** In characters, for what each table may hold. */
const BUDGETS = { introduced: 14_000, fixed: 14_000, remaining: 8_000 };

/** How many findings of each severity the change fixes, introduces and leaves; columns of zeros below `low` are left out. */
export function countsTable({ fixed, introduced, remaining }: Delta): string {
  const counts = [fixed, introduced, remaining].map(countBySeverity);
  const shown = severities.filter(
    (severity) => (severity !== "negligible" && severity !== "unknown") || counts.some((count) => count[severity] > 0),
  );
  const row = (name: string, findings: readonly Finding[], isNews: boolean) => {
    const count = countBySeverity(findings);
    return [
      name,
      ...shown.map((severity) => (isNews && count[severity] > 0 ? `**${count[severity]}**` : `${count[severity]}`)),
    ];
  };
  return table(
    ["findings in your image", ...shown.map((severity) => `${severity}:`)],
    [
      row("fixed by this change", fixed, true),
      row("introduced", introduced, true),
      row(remainingText(remaining), remaining, false),
    ],
  );
}

function remainingText(remaining: readonly Finding[]): string {
  const fixable = remaining.filter(({ fixed }) => fixed.length > 0).length;
  if (remaining.length === 0) return "remaining";
  return fixable === 0 ? "remaining (no fix yet)" : `remaining (${fixable} with a fix elsewhere)`;
}

/** The findings one by one, folded; what is introduced stands open, since that is what a reviewer must see. */
export function findingsFolds({ fixed, introduced, remaining }: Delta): readonly string[] {
  return [
    ...findingsFold("Findings introduced", introduced, BUDGETS.introduced, "open"),
    ...findingsFold("Findings fixed", fixed, BUDGETS.fixed, "closed"),
    ...findingsFold("Findings remaining", remaining, BUDGETS.remaining, "closed"),
  ];
}

function findingsFold(
  title: string,
  findings: readonly Finding[],
  budget: number,
  state: "open" | "closed",
): readonly string[] {
  if (findings.length === 0) return [];
  const rows = takeWithin(findings.slice(0, MOST_ROWS).map(findingRow), MOST_ROWS, budget);
  const more = findings.length - rows.length;
  const rest = more > 0 ? `\n\nand ${more} more` : "";
  const content = table(["finding", "severity", "package", "installed", "fixed in"], rows) + rest;
  return [fold(`${title} (${findings.length})`, content, state)];
}

function findingRow(finding: Finding): readonly string[] {
  const severity = effectiveSeverity(finding);
  const fixed = finding.fixed.slice(0, MOST_VERSIONS).map((version) => code(version, 40));
  return [
    link(finding.id, finding.url, 64),
    finding.knownExploited ? `${severity}, exploited` : severity,
    code(finding.package, 80),
    code(finding.installed, 60),
    fixed.length === 0 ? "no fix yet" : fixed.join(", "),
  ];
}
