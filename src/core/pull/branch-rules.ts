import { type Reason, reason } from "../reason.ts";

/** How GitHub can merge a pull. */
export type MergeMethod = "merge" | "squash" | "rebase";

/** A check that must be green, and the App that must report it, if one must. */
export interface RequiredCheck {
  readonly context: string;
  readonly app?: number;
}

/** What a branch asks of what goes into it: its rulesets, its protection of the older kind, and the repository's settings. */
export interface BranchRules {
  readonly requiredChecks: readonly RequiredCheck[];
  /** Whether a head must have all of its base. */
  readonly strict: boolean;
  /** How many people must approve. */
  readonly approvals: number;
  /** Which approvals it asks for beyond a number, in words: only GitHub can tell whether they are there. */
  readonly reviews: readonly string[];
  readonly signatures: boolean;
  readonly linear: boolean;
  /** The ways to merge that settings and rules allow. */
  readonly methods: readonly MergeMethod[];
  /** Whether pulls merge through a queue. */
  readonly queue: boolean;
  /** Environments that a head must have been deployed to. */
  readonly deployments: readonly string[];
  /** Whether none but some may update it. */
  readonly restricted: boolean;
  /** Rules of which only GitHub knows whether they are met, by its names. */
  readonly opaque: readonly string[];
}

/** The most of the history first. GitHub signs the commits that it makes of a merge, and cannot sign those that it rebases. */
const METHODS: readonly MergeMethod[] = ["merge", "squash", "rebase"];

/** The way in which a pull merges into a branch with these rules; `undefined` when they leave none. */
export function mergeMethod({ methods, linear, signatures }: BranchRules): MergeMethod | undefined {
  const suits = (method: MergeMethod) => !(method === "merge" && linear) && !(method === "rebase" && signatures);
  return METHODS.find((method) => methods.includes(method) && suits(method));
}

/** What else decides whether rules can be met. */
interface Around {
  readonly auto: boolean;
  readonly own: readonly string[];
  readonly silent: readonly RequiredCheck[];
}

/**
 * What of a base branch's rules Oakum can never meet by itself, whatever a pull is like. `auto`: whether policy merges
 * anything by itself; where people merge, they approve too. `own`: rules that keep Oakum from pushing to its own branches.
 * `silent`: required checks whose App is nowhere to be seen.
 */
export function unmetRules(base: BranchRules, { auto, own, silent }: Around): readonly Reason[] {
  const asked = [...(base.approvals > 0 ? [`${base.approvals} needed`] : []), ...base.reviews];
  return [
    ...when(own.length > 0, () => reason("branch-restricted", own.join(", "))),
    ...when(base.restricted, () => reason("base-restricted")),
    ...when(!base.queue && mergeMethod(base) === undefined, () => reason("no-merge-method", methodsText(base))),
    ...when(silent.length > 0, () => reason("check-silent", silent.map(checkText).join(", "))),
    ...when(base.deployments.length > 0, () => reason("deployment-required", base.deployments.join(", "))),
    ...when(auto && asked.length > 0, () => reason("approval-required", asked.join(", "))),
    ...when(auto && base.requiredChecks.length === 0, () => reason("no-required-check")),
  ];
}

function checkText({ context, app }: RequiredCheck): string {
  return app === undefined ? context : `${context} by App ${app}`;
}

function methodsText({ methods, linear, signatures }: BranchRules): string {
  const asked = [...(linear ? ["linear history"] : []), ...(signatures ? ["signed commits"] : [])];
  return [`allowed: ${methods.join(", ") || "none"}`, ...asked].join("; ");
}

function when(applies: boolean, tell: () => Reason): readonly Reason[] {
  return applies ? [tell()] : [];
}

/** Whether a branch requires a check of this name by this App, or by any. */
export function requiresCheck({ requiredChecks }: BranchRules, name: string, ours: number): boolean {
  return requiredChecks.some(({ context, app }) => context === name && (app === undefined || app === ours));
}
