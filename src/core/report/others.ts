import type { OutlookOther } from "../plan/outlook.ts";
import { code, escapeText, fence, fold, takeWithin } from "../text/markdown.ts";
import type { ReportInput } from "./input.ts";
import { count } from "./summary.ts";

const MOST_SHOWN = 60;
const BUDGET = 12_000;
const MOST_NAMED = 5;

/** Repositories of which another tool keeps some files up to date, each with the patch that hands them over. */
export function othersSection({ repositories }: ReportInput): string {
  const all = repositories.flatMap(({ name, outlook }) => (outlook.others ?? []).map((other) => ({ name, other })));
  if (all.length === 0) return "";
  const folds = all.map(({ name, other }) => handOver(name, other));
  const shown = takeWithin(folds, MOST_SHOWN, BUDGET);
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  return ["### Left to other tools", HOW, ...shown, ...more].join("\n\n");
}

const HOW =
  "Oakum proposes nothing in these files, unless the repository's own `.github/oakum.yml` says `mode: propose`. To hand them over, apply the patch.";

function handOver(name: string, { tool, path, files, patch, byHand }: OutlookOther): string {
  const { shown, total } = files;
  const named = shown.slice(0, MOST_NAMED);
  const more = total > named.length ? ` and ${total - named.length} more` : "";
  const by = patch === undefined ? `By hand: ${byHand ?? "turn the tool off for these files"}.` : fence(patch, "diff");
  const title = `${escapeText(name, 140)}: ${tool} (${escapeText(path, 100)}), ${count(total, "file", "files")}`;
  return fold(title, `${named.map((file) => code(file, 200)).join(", ")}${more}\n\n${by}`);
}
