import { escapeText, fence, fold, takeWithin } from "../text/markdown.ts";
import type { OtherTool } from "../use/other-tool.ts";
import type { ReportInput } from "./input.ts";

const MOST_SHOWN = 60;
const BUDGET = 12_000;

/** Repositories whose Dockerfiles another tool keeps up to date, each with the patch that hands them over. */
export function othersSection({ repositories }: ReportInput): string {
  const all = repositories.flatMap(({ name, outlook }) => (outlook.others ?? []).map((other) => ({ name, other })));
  if (all.length === 0) return "";
  const folds = all.map(({ name, other }) => handOver(name, other));
  const shown = takeWithin(folds, MOST_SHOWN, BUDGET);
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  return ["### Left to other tools", HOW, ...shown, ...more].join("\n\n");
}

const HOW =
  "Oakum proposes nothing there, unless the repository's own `.github/oakum.yml` says `mode: propose`. To hand the Dockerfiles over, apply the patch.";

function handOver(name: string, { tool, path, patch }: OtherTool): string {
  const by = patch === undefined ? BY_HAND[tool] : fence(patch, "diff");
  return fold(`${escapeText(name, 140)}: ${tool} (${escapeText(path, 100)})`, by);
}

/** Where no exact patch can be given: what is there says something of the same already, or could not be read. */
const BY_HAND: Readonly<Record<OtherTool["tool"], string>> = {
  Renovate: 'By hand: set `"dockerfile": { "enabled": false }`.',
  Dependabot: "By hand: remove the entries of `package-ecosystem: docker`.",
};
