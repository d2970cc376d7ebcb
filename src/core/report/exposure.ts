import { table } from "../markdown.ts";
import type { UseState } from "../update.ts";
import type { ReportInput } from "./input.ts";

const SENTENCES: Readonly<Record<UseState, string>> = {
  update: "an update is known and allowed",
  held: "held: by mode, by time, by policy, or by what the file says",
  current: "nothing newer that policy allows",
  unknown: "no registry was asked yet",
  unsupported: "Oakum cannot follow it",
  "auth-failed": "the registry refused us",
};

/** How the uses of images stand. */
export function exposureSection({ repositories }: ReportInput): string {
  const counts = (Object.keys(SENTENCES) as UseState[]).map((state) => {
    const many = repositories.reduce((sum, { outlook }) => sum + (outlook.states[state] ?? 0), 0);
    return { state, many };
  });
  const rows = counts
    .filter(({ many }) => many > 0)
    .map(({ state, many }) => [`\`${state}\``, String(many), SENTENCES[state]]);
  return rows.length === 0 ? "" : `### How the uses stand\n\n${table(["State", "Uses:", "Means"], rows)}`;
}
