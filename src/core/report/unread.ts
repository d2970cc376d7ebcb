import { sentence } from "../reason.ts";
import { code, escapeText, takeWithin } from "../text/markdown.ts";
import type { ReportInput } from "./input.ts";

const MOST_LINES = 200;
const BUDGET = 9_000;

/** What could not be read, by file and line, and why: nothing is known of it, so nothing of it is clean. */
export function unreadSection({ repositories }: ReportInput): string {
  const lines = repositories.flatMap(({ name, outlook }) =>
    outlook.unread.shown.map(
      ({ path, line, reason }) =>
        `- ${code(name, 140)} ${code(`${path}:${line}`, 300)}: ${escapeText(sentence(reason), 400)}`,
    ),
  );
  const total = repositories.reduce((sum, { outlook }) => sum + outlook.unread.total, 0);
  return section("What could not be read", lines, total, MOST_LINES, BUDGET);
}

/** A heading over a list, as much of it as fits, and how much did not; nothing without anything in it. */
export function section(title: string, lines: readonly string[], total: number, most: number, budget: number): string {
  if (total === 0) return "";
  const shown = takeWithin(lines, most, budget);
  const more = total > shown.length ? [`- and ${total - shown.length} more`] : [];
  return [`### ${title}`, "", ...shown, ...more].join("\n");
}
