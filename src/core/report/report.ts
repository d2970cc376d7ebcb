import { hiddenJson } from "../text/markdown.ts";
import { plainText } from "../text/plain-text.ts";
import { endedSection } from "./ended.ts";
import { exposureSection } from "./exposure.ts";
import type { ReportInput } from "./input.ts";
import { othersSection } from "./others.ts";
import { problemsSection } from "./problems.ts";
import { rulesSection } from "./rules.ts";
import { summary } from "./summary.ts";
import { unreadSection } from "./unread.ts";
import { updatesSection } from "./updates.ts";

const MARKER = "oakum-report";

/** The title of the report issue. */
export function reportTitle({ organisation }: Pick<ReportInput, "organisation">): string {
  return `Oakum: the container images of ${plainText(organisation, 60)}`;
}

/**
 * The body of the organisation's report issue, in GitHub-flavoured Markdown: what would be proposed, what is exposed, what
 * could not be read, each list bounded and counted; in all less than the 65,536 characters that GitHub takes. Text from
 * outside makes no markup, no link and no mention. The same input gives the same text: it holds no time.
 */
export function renderReport(input: ReportInput): string {
  const sections = [
    summary(input),
    updatesSection(input),
    exposureSection(input),
    endedSection(input),
    unreadSection(input),
    othersSection(input),
    problemsSection(input),
    rulesSection(input),
    FOOTER,
    hiddenJson(MARKER, { version: 1 }),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** Whether an issue's body is marked as a report of ours. A hint: anybody can write a mark. */
export function isMarkedReport(body: string): boolean {
  return body.includes(`<!-- ${MARKER}:`);
}

const FOOTER = [
  "---",
  "Oakum keeps this text up to date, at most once an hour; what is written into it by hand is lost, comments stay.",
  "Close the issue and Oakum leaves it closed, and says nothing here any more; open it again and it goes on.",
].join("\n");
