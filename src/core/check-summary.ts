import { deltaOfScans } from "./delta.ts";
import { plainText } from "./plain-text.ts";
import { countsTable, findingsFolds } from "./pull-body/findings.ts";
import { isUnfinished, reasonText, verdictLine } from "./pull-body/verdict.ts";
import { sentence } from "./reason.ts";
import type { Delta, Evidence, Verdict } from "./verdict.ts";

const MAX_TITLE = 255;
const MOST_REASONS = 20;

/** The title (plain text, at most 255 characters) and the summary (Markdown, at most 60,000) of the gate's check run. */
export function renderCheckSummary(
  evidence: Evidence,
  verdict: Verdict,
): { readonly title: string; readonly summary: string } {
  const delta = deltaOfScans(evidence.scans);
  const reasons = verdict.reasons.slice(0, MOST_REASONS).map((reason) => `- ${reasonText(reason)}`);
  const parts = [
    verdictLine(verdict, evidence),
    verdict.reasons.length > 1 ? reasons.join("\n") : "",
    ...(delta === undefined ? [] : [countsTable(delta), ...findingsFolds(delta)]),
  ];
  return {
    title: plainText(titleOf(verdict, delta), MAX_TITLE),
    summary: parts.filter((part) => part !== "").join("\n\n"),
  };
}

function titleOf(verdict: Verdict, delta: Delta | undefined): string {
  const [first] = verdict.reasons;
  if (first !== undefined) return `${stateWord(verdict)}: ${sentence(first)}`;
  if (delta === undefined) return stateWord(verdict);
  const { fixed, introduced, remaining } = delta;
  return `${stateWord(verdict)}: ${fixed.length} fixed, ${introduced.length} introduced, ${remaining.length} remaining`;
}

function stateWord(verdict: Verdict): string {
  if (isUnfinished(verdict)) return "Waiting";
  return { pass: "Pass", fail: "Fail", held: "Held" }[verdict.state];
}
