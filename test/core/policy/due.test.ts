import { expect, it } from "vitest";
import { type DueTerms, dueOf, isOverdue } from "../../../src/core/policy/due.ts";
import type { Delta } from "../../../src/core/verdict/verdict.ts";
import { day, finding, group, now, update } from "../samples.ts";

const origin = { path: ".github/oakum.yml", line: 9 };
const TERMS: DueTerms = {
  "known-exploited": { seconds: 86_400, origin },
  high: { seconds: 30 * 86_400, origin: { ...origin, line: 11 } },
};
const fixes = (...fixed: Delta["fixed"]): Delta => ({ fixed, introduced: [], remaining: [] });
const exploited = fixes(finding("CVE-1", { knownExploited: true }));

it.each<
  [what: string, urgency: "high" | "normal", firstSeen: number | undefined, delta: Delta | undefined, due: unknown]
>([
  [
    "by the plan's urgency before it is scanned",
    "high",
    now,
    undefined,
    { at: now + 30 * day, urgency: "high", line: 11 },
  ],
  ["by what the gate found once it is", "high", now, exploited, { at: now + day, urgency: "known-exploited", line: 9 }],
  ["never where it fixes nothing", "high", now, fixes(), undefined],
  ["never where no term is set", "normal", now, undefined, undefined],
  ["never where nobody saw when the fix came", "high", undefined, undefined, undefined],
])("is due %s", (_, urgency, firstSeen, delta, expected) => {
  const { firstSeen: __, ...rest } = update({ urgency });
  const due = dueOf(group([{ ...rest, ...(firstSeen !== undefined && { firstSeen }) }]), TERMS, delta);
  const said = due && { at: due.at, urgency: due.urgency, line: due.origin === "default" ? 0 : due.origin.line };
  expect(said).toEqual(expected);
});

it("is due at the earliest time of its updates, and overdue after it", () => {
  const updates = [update({ urgency: "high", firstSeen: now }), update({ urgency: "high", firstSeen: now - day })];
  const due = dueOf(group(updates), TERMS)!;
  expect(due.at).toBe(now + 29 * day);
  expect([isOverdue(due, due.at), isOverdue(due, due.at + 1)]).toEqual([false, true]);
});
