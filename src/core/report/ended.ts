import { code, escapeText } from "../text/markdown.ts";
import type { ReportInput } from "./input.ts";
import { section } from "./unread.ts";

const MOST_LINES = 100;
const BUDGET = 6_000;

/** What stands on a release that its publisher mends no more: no digest of it will ever be a fix. */
export function endedSection({ repositories }: ReportInput): string {
  const lines = repositories.flatMap(({ name, outlook }) =>
    (outlook.ended?.shown ?? []).map(({ path, line, image, what, end }) => {
      const where = `${code(name, 140)} ${code(`${path}:${line}`, 300)} ${code(image, 300)}`;
      return `- ${where}: ${escapeText(what, 80)}, since ${escapeText(end, 10)}`;
    }),
  );
  const total = repositories.reduce((sum, { outlook }) => sum + (outlook.ended?.total ?? 0), 0);
  return section("Past its end of life", lines, total, MOST_LINES, BUDGET);
}
