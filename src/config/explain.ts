import type { ChangeClass, Origin, Policy, PolicySubject, Urgency } from "../core/policy.ts";
import { compileGlob } from "./glob.ts";
import type { Config } from "./load.ts";
import { decideAll, decidersOf } from "./merge.ts";
import type { DecisionKey, Rule } from "./rule.ts";

/** One key of the policy for a subject: what holds, and who decided it. */
export interface Explained {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
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
];
const CHANGES: readonly ChangeClass[] = ["pin", "digest", "patch", "minor", "major", "os"];
const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high", "normal"];

/**
 * The configuration as it holds for the updates of one image in one file, key by key. Of several lines of a key the first
 * whose condition holds decides, as with the rules themselves; each rule that decides anything has one line.
 */
export function explain(config: Config, subject: Pick<PolicySubject, "image" | "path">): readonly Explained[] {
  const ignored = config.ignore.find(({ glob }) => compileGlob(glob)(subject.path))?.origin;
  const deciders = decidersOf(config);
  const cases = CHANGES.flatMap((change) =>
    URGENCIES.map((urgency): Case => {
      const ruleOf = deciders({ ...subject, change, urgency });
      return { change, urgency, ruleOf, policy: decideAll(ruleOf) };
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
  readonly ruleOf: (key: DecisionKey) => Rule | undefined;
  readonly policy: Policy;
}

function linesOf(key: DecisionKey, cases: readonly Case[], rules: readonly Rule[]): readonly Explained[] {
  const byRule = Map.groupBy(cases, ({ ruleOf }) => ruleOf(key));
  let open = cases;
  return [...rules.filter((rule) => byRule.has(rule)), undefined].flatMap((rule) => {
    const decided = byRule.get(rule) ?? [];
    open = open.filter((one) => !decided.includes(one));
    const policy = decided[0]?.policy;
    const origin = policy?.origins[key];
    if (policy === undefined || origin === undefined) return [];
    const when = widestCondition(decided, open);
    return [{ key, value: formatValue(policy, key), origin, ...(when !== undefined && { when }) }];
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

function formatValue(policy: Policy, key: DecisionKey): string {
  const values: Readonly<Record<string, unknown>> = {
    ...policy,
    minAge: formatDuration(policy.minAge),
    "gate.failOn": policy.gate.failOn,
  };
  const value = values[key];
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}

/** Seconds as they are written in configuration: `3d`, `90m`. */
function formatDuration(seconds: number): string {
  if (seconds === 0) return "0d";
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const;
  const [unit, size] = units.find(([, size]) => seconds % size === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}
