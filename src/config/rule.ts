import type { Origin, Policy } from "../core/policy.ts";
import type { RuleEntry } from "./rule-schema.ts";

/** The keys that rules decide, as they are named in `Policy.origins` and shown to people. */
export interface Decisions {
  readonly allow: Policy["allow"];
  readonly tags: string;
  readonly minAge: number;
  readonly merge: Policy["merge"];
  readonly pin: Policy["pin"];
  readonly signature: Policy["signature"];
  readonly "gate.failOn": Policy["gate"]["failOn"];
  readonly group: string;
  readonly reviewers: readonly string[];
}

export type DecisionKey = keyof Decisions;

/** One rule of a file: what it is about, what it decides, and where each of its keys stands. */
export interface Rule {
  readonly match: NonNullable<RuleEntry["match"]>;
  readonly decisions: { readonly [K in DecisionKey]?: Decisions[K] | undefined };
  readonly originOf: (key: DecisionKey) => Origin;
}

/** `line` answers where a key of this rule stands in the file, given its path below the rule. */
export function ruleOf(entry: RuleEntry, path: string, line: (keys: readonly string[]) => number): Rule {
  const { match = {}, gate, ...rest } = entry;
  return {
    match,
    decisions: { ...rest, "gate.failOn": gate?.failOn },
    originOf: (key) => ({ path, line: line(key.split(".")) }),
  };
}
