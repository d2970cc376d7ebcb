import type { DueTerms } from "../core/policy/due.ts";
import type { Origin } from "../core/policy/policy.ts";
import type { Requirement, Rule } from "./rule.ts";

export interface Build {
  /** A glob of the files whose change this workflow builds. */
  readonly path: string;
  readonly workflow: string;
  /** The image that it pushes, with `{sha}` for the commit. */
  readonly image: string;
}

export interface Stage {
  readonly environment: string;
  readonly after?: string;
  /** Seconds. */
  readonly soak: number;
}

/** The configuration of one repository: its own file over the organisation's over Oakum's defaults. */
export interface Config {
  readonly mode: "observe" | "propose";
  readonly modeOrigin: Origin;
  /** The repository's, then the organisation's; Oakum's defaults come after them. */
  readonly rules: readonly Rule[];
  /** The organisation's floor under all of them. */
  readonly floor: readonly Requirement[];
  /** Patterns of the branches that are kept patched beside the default one, and where they are written. */
  readonly branches: readonly string[];
  readonly branchesOrigin: Origin;
  readonly ignore: readonly { readonly glob: string; readonly origin: Origin }[];
  /** The first that matches a path counts. */
  readonly builds: readonly Build[];
  /** In order: `after` names a stage before it. */
  readonly deploy: readonly Stage[];
  readonly due: DueTerms;
  readonly limits: { readonly open: number; readonly perHour: number };
  readonly commit: { readonly prefix: string; readonly labels: readonly string[] };
  /** Names of the channels to tell, as the operator's file has them. */
  readonly notify: readonly string[];
}

/** What holds where no file says anything. */
export const NO_CONFIG: Config = {
  mode: "observe",
  modeOrigin: "default",
  rules: [],
  floor: [],
  branches: [],
  branchesOrigin: "default",
  ignore: [],
  builds: [],
  deploy: [],
  due: {},
  limits: { open: 3, perHour: 2 },
  commit: { prefix: "", labels: [] },
  notify: [],
};
