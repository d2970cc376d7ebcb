import type { Outlook } from "../plan/outlook.ts";
import type { Summary } from "../view/view.ts";

/** How far the organisation has come with letting Oakum propose. */
export type Onboarding =
  | { readonly state: "configured" }
  /** The pull request that would turn it on. */
  | { readonly state: "open"; readonly number: number }
  | { readonly state: "refused" }
  /** Something else stands where its branch would be, or the App may not open it. */
  | { readonly state: "impossible"; readonly why: string };

/** One repository of the organisation, or another line of it than its default branch, as the report tells of it. */
export interface ReportedRepository {
  /** `owner/name`; of another line with its branch behind it. */
  readonly name: string;
  readonly isLine?: true;
  readonly outlook: Outlook;
  /** What rules on its branches ask for that Oakum can never do. */
  readonly rules: readonly string[];
}

/** Everything that the report is rendered from. */
export interface ReportInput {
  readonly organisation: string;
  /** In the order of their names. */
  readonly repositories: readonly ReportedRepository[];
  /** Repositories left out, since who may read the report may not read them. */
  readonly hidden: number;
  /** Repositories that were not read yet. */
  readonly unplanned: number;
  /** What our own scans found in what is in use, by what is worst in each use. */
  readonly exposure: Summary["exposure"];
  readonly onboarding: Onboarding;
}
