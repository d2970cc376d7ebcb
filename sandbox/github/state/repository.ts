export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  /** The last issue or pull request number given out. */
  readonly lastNumber: number;
  readonly createdAt: string;
  readonly pushedAt: string;
}

/** A git reference; the truth, which the bare repository on disk is made to follow. */
export interface Ref {
  readonly id: string;
  readonly repository: number;
  /** The full name, such as `refs/heads/main`. */
  readonly name: string;
  readonly sha: string;
}

export interface RequiredCheck {
  readonly context: string;
  readonly app?: number;
}

export interface Ruleset {
  readonly id: number;
  readonly repository: number;
  readonly branch: string;
  readonly requiredChecks: readonly RequiredCheck[];
  readonly createdAt: string;
}

/** What a person may do in a repository. */
export interface Collaborator {
  readonly id: string;
  readonly repository: number;
  readonly login: string;
  readonly permission: "read" | "triage" | "write" | "maintain" | "admin";
}
