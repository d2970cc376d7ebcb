import type { ChangeClass, Origin, Policy, PolicySubject, Urgency } from "../core/policy.ts";
import { compileGlob } from "./glob.ts";
import type { Config } from "./load.ts";
import { policyOf } from "./merge.ts";
import type { DecisionKey } from "./rule.ts";

/** One key of the policy for a subject: what holds, and who decided it. */
export interface Explained {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  /** Set where the value holds only for updates of one class or urgency: `change major`. */
  readonly when?: string;
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
const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high"];

/** The configuration as it holds for one subject, key by key, then what is different for some updates only. */
export function explain(config: Config, subject: PolicySubject): readonly Explained[] {
  const decide = policyOf(config);
  const always = rows(decide(subject));
  const cases = [
    ...CHANGES.map((change) => ({ when: `change ${change}`, policy: decide({ ...subject, change }) })),
    ...URGENCIES.map((urgency) => ({ when: `urgency ${urgency}`, policy: decide({ ...subject, urgency }) })),
  ];
  const sometimes = cases.flatMap(({ when, policy }) =>
    rows(policy)
      .filter((row) => !isAmong(row, always))
      .map((row) => ({ ...row, when })),
  );
  const ignored = config.ignore.find(({ glob }) => compileGlob(glob)(subject.path))?.origin;
  return [
    { key: "mode", value: config.mode, origin: config.modeOrigin },
    ...(ignored === undefined ? [] : [{ key: "ignore", value: "yes", origin: ignored }]),
    ...always,
    ...sometimes,
  ];
}

/** An origin as people click on it: `.github/oakum.yml:12`, or `default`. */
export function formatOrigin(origin: Origin): string {
  return origin === "default" ? origin : `${origin.path}:${origin.line}`;
}

function rows(policy: Policy): readonly Explained[] {
  return KEYS.flatMap((key) => {
    const origin = policy.origins[key];
    return origin === undefined ? [] : [{ key, value: formatValue(policy, key), origin }];
  });
}

function isAmong(row: Explained, others: readonly Explained[]): boolean {
  return others.some(
    ({ key, value, origin }) =>
      key === row.key && value === row.value && formatOrigin(origin) === formatOrigin(row.origin),
  );
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
