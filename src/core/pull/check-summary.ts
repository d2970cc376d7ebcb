import type { UpdateGroup } from "../plan/update.ts";
import { sentence } from "../reason.ts";
import { plainText } from "../text/plain-text.ts";
import { deltaOfScans } from "../verdict/delta.ts";
import { isUnfinished } from "../verdict/judge.ts";
import type { Delta, Evidence, Verdict } from "../verdict/verdict.ts";
import { countsTable, findingsFolds } from "./body/findings.ts";
import { referencesFold } from "./body/updates.ts";
import { verdictLine } from "./body/verdict.ts";

const MAX_TITLE = 255;

/** What the gate's check run is rendered from. */
export interface CheckSummaryInput {
  readonly group: UpdateGroup;
  readonly evidence: Evidence;
  readonly verdict: Verdict;
}

/** The title (plain text, at most 255 characters) and the summary (Markdown, at most 60,000) of the gate's check run. */
export function renderCheckSummary(input: CheckSummaryInput): { readonly title: string; readonly summary: string } {
  const { group, evidence, verdict } = input;
  const delta = deltaOfScans(evidence.scans);
  const parts = [
    verdictLine(verdict, evidence),
    ...(delta === undefined ? [] : [countsTable(delta), ...findingsFolds(delta)]),
    referencesFold(group),
  ];
  return { title: plainText(titleOf(verdict, delta), MAX_TITLE), summary: parts.join("\n\n") };
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
