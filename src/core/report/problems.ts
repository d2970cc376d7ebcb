import { code, escapeText } from "../text/markdown.ts";
import type { ReportInput } from "./input.ts";
import { section } from "./unread.ts";

const MOST_LINES = 100;
const BUDGET = 6_000;

/** What is wrong with configuration: where it is an error nothing is proposed. */
export function problemsSection({ repositories }: ReportInput): string {
  const lines = repositories.flatMap(({ name, outlook }) =>
    outlook.problems.shown.map((problem) => `- ${code(name, 140)}: ${escapeText(problem, 400)}`),
  );
  const total = repositories.reduce((sum, { outlook }) => sum + outlook.problems.total, 0);
  return section("Configuration with problems", lines, total, MOST_LINES, BUDGET);
}
