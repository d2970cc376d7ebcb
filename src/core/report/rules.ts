import { code, escapeText } from "../text/markdown.ts";
import type { ReportInput } from "./input.ts";
import { section } from "./unread.ts";

const MOST_LINES = 100;
const BUDGET = 5_000;

/** What rules of a branch ask for that Oakum can never do: there pull requests wait for a person, or another rule. */
export function rulesSection({ repositories }: ReportInput): string {
  const lines = repositories.flatMap(({ name, rules }) =>
    rules.map((rule) => `- ${code(name, 140)}: ${escapeText(rule, 400)}`),
  );
  return section("Rules that can never be met", lines, lines.length, MOST_LINES, BUDGET);
}
