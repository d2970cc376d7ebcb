import type { UseState } from "../plan/update.ts";
import { table } from "../text/markdown.ts";
import { EXPOSURE_CLASSES, type ExposureClass } from "../view/view.ts";
import type { ReportInput } from "./input.ts";

const SENTENCES: Readonly<Record<UseState, string>> = {
  update: "an update is known and allowed",
  held: "held: by mode, by time, by policy, or by what the file says",
  current: "nothing newer that policy allows",
  unknown: "no registry was asked yet",
  unsupported: "Oakum cannot follow it",
  "auth-failed": "the registry refused us",
};

const FOUND: Readonly<Record<ExposureClass, string>> = {
  "known-exploited": "known exploited",
  critical: "critical",
  high: "high",
  normal: "medium or less",
  unknown: "not known",
  none: "nothing found",
};

/** What was found in the images in use, and how the uses stand. */
export function exposureSection(input: ReportInput): string {
  return [foundSection(input), stateSection(input)].filter((part) => part !== "").join("\n\n");
}

function foundSection({ exposure }: ReportInput): string {
  const rows = EXPOSURE_CLASSES.map((one) => ({ one, ...exposure[one] }))
    .filter(({ uses }) => uses > 0)
    .map(({ one, uses, repositories, ready }) => {
      return [FOUND[one], String(uses), String(repositories), one === "none" ? "" : String(ready)];
    });
  const columns = ["Worst finding", "Uses:", "Repositories:", "With an update:"];
  return rows.length === 0 ? "" : `### What is exposed\n\n${table(columns, rows)}`;
}

function stateSection({ repositories }: ReportInput): string {
  const counts = (Object.keys(SENTENCES) as UseState[]).map((state) => {
    const many = repositories.reduce((sum, { outlook }) => sum + (outlook.states[state] ?? 0), 0);
    return { state, many };
  });
  const rows = counts
    .filter(({ many }) => many > 0)
    .map(({ state, many }) => [`\`${state}\``, String(many), SENTENCES[state]]);
  return rows.length === 0 ? "" : `### How the uses stand\n\n${table(["State", "Uses:", "Means"], rows)}`;
}
