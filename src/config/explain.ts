import {
  type ChangeClass,
  type DecisionKey,
  decisionOf,
  type Origin,
  type Policy,
  type PolicySubject,
  type Urgency,
} from "../core/policy/policy.ts";
import { formatDecision, overruledText } from "../core/policy/text.ts";
import type { Config } from "./config.ts";
import { compileGlob } from "./glob.ts";
import { type Decider, decideAll, decidersOf } from "./merge.ts";
import type { Rule } from "./rule.ts";

/** One key of the policy for a subject: what holds, and who decided it. */
export interface Explained {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  /** What a rule decided, or the default, where the organisation's floor (`origin`) made it stricter. */
  readonly over?: { readonly value: string; readonly origin: Origin };
  /** Absent where it holds for every update that no earlier line of this key is about. */
  readonly when?: Condition;
}

/** Updates of one of these classes, and of one of these urgencies; whatever is absent does not matter. */
export interface Condition {
  readonly change?: readonly ChangeClass[];
  readonly urgency?: readonly Urgency[];
}

/** In the order that people ask. */
const KEYS: readonly DecisionKey[] = [
  "allow",
  "tags",
  "minAge",
  "merge",
  "pin",
  "signature",
  "gate.failOn",
  "group",
  "reviewers",
  "windows.propose",
  "windows.merge",
  "windows.deploy",
];
const CHANGES: readonly ChangeClass[] = ["pin", "digest", "patch", "minor", "major", "os"];
const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high", "normal"];

/**
 * The configuration as it holds for the updates of one image in one file, key by key. Of several lines of a key the first
 * whose condition holds decides, as with the rules themselves; each rule that decides anything has one line.
 */
export function explain(config: Config, subject: Pick<PolicySubject, "image" | "path" | "kind">): readonly Explained[] {
  const ignored = config.ignore.find(({ glob }) => compileGlob(glob)(subject.path))?.origin;
  const deciders = decidersOf(config);
  const cases = CHANGES.flatMap((change) =>
    URGENCIES.map((urgency): Case => {
      const decider = deciders({ ...subject, change, urgency });
      return { change, urgency, decider, policy: decideAll(decider) };
    }),
  );
  return [
    { key: "mode", value: config.mode, origin: config.modeOrigin },
    ...(ignored === undefined ? [] : [{ key: "ignore", value: "yes", origin: ignored }]),
    ...KEYS.flatMap((key) => linesOf(key, cases, config.rules)),
  ];
}

/** An origin as people click on it: `.github/oakum.yml:12`, or `default`. */
export function formatOrigin(origin: Origin): string {
  return origin === "default" ? origin : `${origin.path}:${origin.line}`;
}

/** A condition as people read it: `change minor, major and urgency critical`. */
export function formatCondition({ change, urgency }: Condition): string {
  const parts = [
    ...(change === undefined ? [] : [`change ${change.join(", ")}`]),
    ...(urgency === undefined ? [] : [`urgency ${urgency.join(", ")}`]),
  ];
  return parts.join(" and ");
}

/** One kind of update, and what is decided for it. */
interface Case {
  readonly change: ChangeClass;
  readonly urgency: Urgency;
  readonly decider: Decider;
  readonly policy: Policy;
}

function linesOf(key: DecisionKey, cases: readonly Case[], rules: readonly Rule[]): readonly Explained[] {
  const byRule = Map.groupBy(cases, ({ decider }) => decider.ruleOf(key));
  let open = cases;
  return [...rules.filter((rule) => byRule.has(rule)), undefined].flatMap((rule) => {
    const decided = byRule.get(rule) ?? [];
    open = open.filter((one) => !decided.includes(one));
    const decision = decided[0] && decisionIn(decided[0].policy, key);
    if (decision === undefined) return [];
    const when = widestCondition(decided, open);
    return [{ key, ...decision, ...(when !== undefined && { when }) }];
  });
}

/** The widest condition that holds for all that is `decided` and for none that is still `open`; `undefined`: for whatever is left. */
function widestCondition(decided: readonly Case[], open: readonly Case[]): Condition | undefined {
  if (open.length === 0) return undefined;
  const change = CHANGES.filter((one) => decided.some((it) => it.change === one));
  const urgency = URGENCIES.filter((one) => decided.some((it) => it.urgency === one));
  const isFree = (condition: Condition) => !open.some((one) => holds(condition, one));
  return [{ urgency }, { change }].find(isFree) ?? { change, urgency };
}

function holds({ change, urgency }: Condition, one: Case): boolean {
  return change?.includes(one.change) !== false && urgency?.includes(one.urgency) !== false;
}

/** A key of a policy in words; `undefined` where nobody decided it. */
function decisionIn(policy: Policy, key: DecisionKey): Pick<Explained, "value" | "origin" | "over"> | undefined {
  const value = decisionOf(policy, key);
  const origin = policy.origins[key];
  if (value === undefined || origin === undefined) return undefined;
  const over = overruledText(policy, key);
  return { value: formatDecision(key, value), origin, ...(over && { over }) };
}
