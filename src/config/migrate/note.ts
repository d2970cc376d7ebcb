/** An option that says something Oakum could not be told, and why. `path` as in `packageRules[3].groupName`. */
export interface Untranslated {
  readonly path: string;
  readonly why: string;
}

/** Lists an option that is not in the translation. */
export type Note = (path: string, why: string) => void;

/** An `oakum.yml`, and what of the other configuration is not in it. */
export interface Migrated {
  readonly text: string;
  readonly left: readonly Untranslated[];
}
