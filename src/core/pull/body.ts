import { formatReference } from "../reference.ts";
import { hiddenJson } from "../text/markdown.ts";
import { formatTime } from "../text/time-text.ts";
import { deltaOfScans } from "../verdict/delta.ts";
import { commandsPart } from "./body/boxes.ts";
import { checklist } from "./body/checklist.ts";
import { endLines } from "./body/end-of-life.ts";
import { countsTable, findingsFolds } from "./body/findings.ts";
import type { PullBodyInput } from "./body/input.ts";
import { rulesFold } from "./body/rules.ts";
import { tagLines } from "./body/tag-source.ts";
import { dueLine, filesFold, referencesFold, refusalNote, updatesTable } from "./body/updates.ts";
import { verdictLine } from "./body/verdict.ts";
import { whyNow } from "./body/why.ts";

/** GitHub refuses a body of more than 65,536 characters. */
const MAX_BODY = 60_000;
const MOST_REFERENCES = 10;

/**
 * The body of a group's pull, in GitHub-flavoured Markdown: what changes, whether it may merge and why now; then the
 * findings, what was checked and what comes next; folded, all the rest. At most 60,000 characters; what comes from outside
 * makes no markup. The comment at its end is a hint for people and tools: Oakum itself never believes it.
 */
export function renderPullBody(input: PullBodyInput): string {
  const { group, evidence } = input;
  const delta = deltaOfScans(evidence.scans);
  const top = [
    updatesTable(group, input),
    verdictLine(input.verdict, evidence),
    whyNow(group, delta),
    tagLines(group),
    dueLine(input),
    endLines(input),
    delta === undefined ? "" : countsTable(delta),
    checklist(input),
  ];
  const folds = delta === undefined ? [] : findingsFolds(delta);
  const rest = [filesFold(group), rulesFold(group), referencesFold(group)];
  return joinWithin(MAX_BODY, top, [...folds, ...rest], [refusalNote(group), commandsPart(), footer(input)]);
}

/**
 * The parts as paragraphs, in at most `max` characters. Every part is bounded by itself; should they be too much together,
 * folded ones are left out.
 */
function joinWithin(max: number, top: readonly string[], folds: readonly string[], bottom: readonly string[]): string {
  let left = max - [...top, ...bottom].join("\n\n").length - 1;
  const kept = folds.filter((part) => {
    const fits = part.length + 2 <= left;
    if (fits) left -= part.length + 2;
    return fits;
  });
  return `${[...top, ...kept, ...bottom].filter((part) => part !== "").join("\n\n")}\n`;
}

function footer({ group, branch, head, verdict, now }: PullBodyInput): string {
  const to = [...new Set(group.updates.map((update) => formatReference(update.to)))].slice(0, MOST_REFERENCES);
  const marker = hiddenJson("oakum", { version: 1, branch, head, verdict: verdict?.state ?? "none", to });
  return `<sub>Written by Oakum about commit ${head.slice(0, 7)}, ${formatTime(now)}.</sub>\n\n${marker}`;
}
