import type { Json } from "./json.ts";

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  /** The ways to merge that its settings allow. */
  readonly methods: readonly MergeMethod[];
  /** The last issue or pull request number given out. */
  readonly lastNumber: number;
  readonly createdAt: string;
  readonly pushedAt: string;
  /** Values of its custom properties. */
  readonly properties?: Readonly<Record<string, string | readonly string[]>>;
}

/** A git reference; the truth, which the bare repository on disk is made to follow. */
export interface Ref {
  readonly id: string;
  readonly repository: number;
  /** The full name, such as `refs/heads/main`. */
  readonly name: string;
  readonly sha: string;
}

export type MergeMethod = "merge" | "squash" | "rebase";

/** One rule of GitHub's, as its rulesets have it. */
export interface Rule {
  readonly type: string;
  readonly parameters?: Json;
}

export interface Ruleset {
  readonly id: number;
  readonly repository: number;
  /** A branch, or all below a folder: `oakum/**`. */
  readonly branch: string;
  /** Protection of the older kind holds alike, but is told elsewhere. */
  readonly kind: "ruleset" | "protection";
  readonly rules: readonly Rule[];
  /** Logins that the rules do not hold for. */
  readonly bypass: readonly string[];
  readonly createdAt: string;
}

/** What a person may do in a repository. */
export interface Collaborator {
  readonly id: string;
  readonly repository: number;
  readonly login: string;
  readonly permission: "read" | "triage" | "write" | "maintain" | "admin";
}
