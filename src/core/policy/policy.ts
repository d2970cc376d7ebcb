import type { Severity } from "../verdict/finding.ts";
import type { Phase, Window } from "./window.ts";

/** What an update changes: only the digest behind a tag, a version part, the OS release of the tag, or the pinning itself. */
export type ChangeClass = "pin" | "digest" | "patch" | "minor" | "major" | "os";

export type Urgency = "known-exploited" | "critical" | "high" | "normal";

/** From most to least urgent. */
export const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high", "normal"];

/** Where a value of the policy was decided: a rule of a file, or Oakum's default. */
export type Origin = { readonly path: string; readonly line: number } | "default";

/** What a rule is matched against. `change` and `urgency` are absent while no candidate is known yet. */
export interface PolicySubject {
  /** `registry/repository`. */
  readonly image: string;
  readonly path: string;
  /** The kind of that file, where it is known. */
  readonly kind?: string;
  readonly change?: ChangeClass;
  readonly urgency?: Urgency;
}

/** The keys of which one value is stricter than another, so that a floor can stand under them. Durations in seconds. */
export interface Ordered {
  readonly allow: readonly ChangeClass[];
  readonly minAge: number;
  readonly merge: "auto" | "approval" | "never";
  readonly signature: "require" | "prefer" | "ignore";
  readonly "gate.failOn": Severity;
  /** All of them must be open. */
  readonly "windows.propose": readonly Window[];
  readonly "windows.merge": readonly Window[];
  readonly "windows.deploy": readonly Window[];
}

export type OrderedKey = keyof Ordered;

/** The keys that rules decide, as they are named in origins and shown to people. */
export interface Decisions extends Ordered {
  readonly tags: string;
  readonly pin: "digest" | "tag";
  readonly group: string;
  readonly reviewers: readonly string[];
}

export type DecisionKey = keyof Decisions;

/** What a rule decided where a floor made it stricter. */
export type Overruled = {
  readonly [K in OrderedKey]?: { readonly value: Ordered[K]; readonly origin: Origin };
};

/** The policy for one subject, every key decided. Durations in seconds. */
export interface Policy {
  readonly allow: Decisions["allow"];
  /** A glob that a candidate tag must match. */
  readonly tags?: string;
  readonly minAge: number;
  readonly merge: Decisions["merge"];
  readonly pin: Decisions["pin"];
  readonly signature: Decisions["signature"];
  readonly gate: { readonly failOn: Severity };
  /** A glob of directories, each of which gets a pull of its own. */
  readonly group?: string;
  readonly reviewers: readonly string[];
  /** When each may happen: while all of its windows are open. */
  readonly windows: { readonly [P in Phase]: readonly Window[] };
  /** For each key of this policy, who decided it. */
  readonly origins: { readonly [key: string]: Origin };
  /** For each key that the organisation's floor made stricter, what it would have been. */
  readonly overruled?: Overruled;
}

/** The policy for a subject: built by config from the rules, asked by core. */
export type PolicyOf = (subject: PolicySubject) => Policy;

const DAY = 24 * 60 * 60;

/** What holds where no rule says otherwise. */
export const DEFAULT_POLICY: Policy = {
  allow: ["digest", "patch"],
  minAge: 3 * DAY,
  merge: "approval",
  pin: "digest",
  signature: "prefer",
  gate: { failOn: "high" },
  reviewers: [],
  windows: { propose: [], merge: [], deploy: [] },
  origins: {},
};

/** What a policy decides by the name of a key; `undefined` where nobody decided, and nothing holds by default. */
export function decisionOf<K extends DecisionKey>(policy: Policy, key: K): Decisions[K] | undefined {
  const { gate, windows, origins: _, overruled: __, ...rest } = policy;
  const decisions: { readonly [Each in DecisionKey]?: Decisions[Each] | undefined } = {
    ...rest,
    "gate.failOn": gate.failOn,
    "windows.propose": windows.propose,
    "windows.merge": windows.merge,
    "windows.deploy": windows.deploy,
  };
  return decisions[key];
}
