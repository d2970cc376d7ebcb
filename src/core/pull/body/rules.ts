import type { UpdateGroup } from "../../plan/update.ts";
import { type DecisionKey, decisionOf, type Origin, type Policy } from "../../policy/policy.ts";
import { formatDecision, overruledText } from "../../policy/text.ts";
import { code, fold, table, takeWithin } from "../../text/markdown.ts";

const MOST_RULES = 40;
const LONGEST_VALUE = 200;
/** In characters. */
const BUDGET = 6_000;

/** In the order of their names. */
const KEYS: readonly DecisionKey[] = [
  "allow",
  "gate.failOn",
  "group",
  "merge",
  "minAge",
  "pin",
  "reviewers",
  "signature",
  "tags",
  "windows.deploy",
  "windows.merge",
  "windows.propose",
];

/** For each value of the policy, who decided it: the file and the line. */
export function rulesFold({ updates }: UpdateGroup): string {
  const policies = updates.map(({ policy }) => policy);
  const rows = KEYS.flatMap((key) => policies.flatMap((policy) => rowOf(policy, key)));
  const distinct = [...new Map(rows.map((row) => [row.join(), row])).values()];
  const shown = takeWithin(distinct, MOST_RULES, BUDGET);
  const more = distinct.length > shown.length ? `\n\nand ${distinct.length - shown.length} more` : "";
  return fold("Rules that decided", table(["", "value", "decided by"], shown) + more);
}

/** A key that nobody decided, and nothing holds of by default, has no row. */
function rowOf(policy: Policy, key: DecisionKey): readonly (readonly string[])[] {
  const value = decisionOf(policy, key);
  const origin = policy.origins[key];
  if (value === undefined || origin === undefined) return [];
  const over = overruledText(policy, key);
  const before = over === undefined ? "" : `, over ${code(over.value, LONGEST_VALUE)} by ${originText(over.origin)}`;
  return [[code(key, 40), code(formatDecision(key, value), LONGEST_VALUE), `${originText(origin)}${before}`]];
}

/** `default`, or the file and line of the rule. */
export function originText(origin: Origin): string {
  return origin === "default" ? "default" : code(`${origin.path}:${origin.line}`, 200);
}
