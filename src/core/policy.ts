import type { Severity } from "./finding.ts";

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
  readonly change?: ChangeClass;
  readonly urgency?: Urgency;
}

/** The policy for one subject, every key decided. Durations in seconds. */
export interface Policy {
  readonly allow: readonly ChangeClass[];
  /** A glob that a candidate tag must match. */
  readonly tags?: string;
  readonly minAge: number;
  readonly merge: "auto" | "approval" | "never";
  readonly pin: "digest" | "tag";
  readonly signature: "require" | "prefer" | "ignore";
  readonly gate: { readonly failOn: Severity };
  /** A glob of directories, each of which gets a pull of its own. */
  readonly group?: string;
  readonly reviewers: readonly string[];
  /** For each key of this policy, who decided it. */
  readonly origins: { readonly [key: string]: Origin };
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
  origins: {},
};
