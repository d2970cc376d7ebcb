import type { Policy } from "./policy.ts";
import { type Reason, type ReasonCode, reason } from "./reason.ts";
import type { Sha } from "./repository.ts";
import type { Verdict } from "./verdict.ts";

/** A review of a pull, oldest first in a list. `mayWrite`: whether its author may write to the repository now. */
export interface PullReview {
  readonly user: string;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed" | "pending";
  readonly commit: Sha;
  readonly mayWrite: boolean;
}

/** A check run on the head, or a commit status (`app` undefined), as GitHub reports it. */
export interface ReportedCheck {
  readonly name: string;
  readonly app: number | undefined;
  readonly status: "queued" | "in_progress" | "completed" | "other";
  readonly conclusion?: string;
}

/** Everything that merging is decided from, observed just now. */
export interface MergeFacts {
  readonly policy: Pick<Policy, "merge">;
  /** Whether the candidate is younger than the `minAge` of less urgent updates, and whether its signature was verified. */
  readonly early: boolean;
  readonly signed: boolean;
  readonly verdict: { readonly head: Sha; readonly verdict: Verdict } | undefined;
  readonly pull: {
    readonly open: boolean;
    readonly draft: boolean;
    readonly head: Sha;
    /** Whether it still goes into the branch that it was opened for. */
    readonly baseUnchanged: boolean;
    /** Whether we recorded creating the head, and whether its diff equals the edits derived again. */
    readonly headRecorded: boolean;
    readonly diffEqual: boolean;
    /** `undefined` while GitHub is still computing it. */
    readonly mergeable: boolean | undefined;
  };
  /** What the base branch requires, each with the App that must report it, if one must. */
  readonly requiredChecks: readonly { readonly context: string; readonly app?: number }[];
  /** The latest of each name and App. */
  readonly checks: readonly ReportedCheck[];
  readonly reviews: readonly PullReview[];
  /** Whether every tag still names the digest that the pull writes. */
  readonly tag: "same" | "moved" | "unknown";
  /** What else is known to forbid it, such as a window or a quarantine. */
  readonly refusals: readonly Reason[];
}

export type MergeDecision =
  | { readonly state: "merge" }
  /** Nobody needs to act. `retryAfter` in seconds, where no event will say that it is time. */
  | { readonly state: "wait"; readonly reasons: readonly Reason[]; readonly retryAfter?: number }
  | { readonly state: "held"; readonly reasons: readonly Reason[] };

/** How long GitHub takes to compute whether a branch merges, in seconds: no webhook tells when it has. */
const MERGEABLE_AFTER = 5;
const REGISTRY_AFTER = 60;

/** What passes by itself, or by what people do anyway; everything else needs someone, or a new candidate. */
const PASSING: ReadonlySet<ReasonCode> = new Set([
  "verdict-missing",
  "build-pending",
  "scan-pending",
  "checks-missing",
  "approval-missing",
  "mergeable-unknown",
  "conflict",
  "outside-window",
  "wave-waiting",
  "registry-unavailable",
]);

/** Whether this head may be merged now. It may only when nothing at all speaks against it; else every reason is told. */
export function mayMerge(facts: MergeFacts): MergeDecision {
  const reasons = [
    ...policyReasons(facts),
    ...pullReasons(facts),
    ...verdictReasons(facts),
    ...checkReasons(facts),
    ...reviewReasons(facts),
    ...tagReasons(facts),
    ...facts.refusals,
  ];
  if (reasons.length === 0) return { state: "merge" };
  if (!reasons.every(({ code }) => PASSING.has(code))) return { state: "held", reasons };
  const codes = new Set(reasons.map(({ code }) => code));
  if (codes.has("mergeable-unknown")) return { state: "wait", reasons, retryAfter: MERGEABLE_AFTER };
  return codes.has("registry-unavailable")
    ? { state: "wait", reasons, retryAfter: REGISTRY_AFTER }
    : { state: "wait", reasons };
}

function policyReasons({ policy, requiredChecks }: MergeFacts): readonly Reason[] {
  if (policy.merge === "never") return [reason("merge-never")];
  return policy.merge === "auto" && requiredChecks.length === 0 ? [reason("no-required-check")] : [];
}

function pullReasons({ pull }: MergeFacts): readonly Reason[] {
  return [
    ...when(!pull.open, "pull-closed"),
    ...when(pull.draft, "draft"),
    ...when(!pull.baseUnchanged, "base-moved"),
    ...when(!pull.headRecorded, "head-not-ours"),
    ...when(!pull.diffEqual, "head-differs"),
    ...when(pull.mergeable === undefined, "mergeable-unknown"),
    ...when(pull.mergeable === false, "conflict"),
  ];
}

function verdictReasons({ verdict, pull }: MergeFacts): readonly Reason[] {
  if (verdict?.head !== pull.head) return [reason("verdict-missing")];
  const { state, reasons } = verdict.verdict;
  if (state === "pass") return [];
  return reasons.length === 0 ? [reason("verdict-missing")] : reasons;
}

function checkReasons({ requiredChecks, checks }: MergeFacts): readonly Reason[] {
  const missing = requiredChecks.filter(({ context, app }) => {
    const reported = checks.filter((check) => check.name === context && (app === undefined || check.app === app));
    return reported.length === 0 || !reported.every(isGreen);
  });
  return missing.length === 0 ? [] : [reason("checks-missing", missing.map(({ context }) => context).join(", "))];
}

/** GitHub lets a required check pass that was skipped or is neutral. */
function isGreen({ status, conclusion }: ReportedCheck): boolean {
  return status === "completed" && (conclusion === "success" || conclusion === "neutral" || conclusion === "skipped");
}

function reviewReasons({ policy, early, signed, reviews, pull }: MergeFacts): readonly Reason[] {
  const standing = new Map<string, PullReview>();
  for (const review of reviews) {
    const decides = review.state !== "commented" && review.state !== "pending";
    if (decides && review.mayWrite) standing.set(review.user, review);
  }
  const latest = [...standing.values()];
  const approved = latest.some(({ state, commit }) => state === "approved" && commit === pull.head);
  const needed = policy.merge === "approval" || (early && !signed);
  return [
    ...when(
      latest.some(({ state }) => state === "changes-requested"),
      "changes-requested",
    ),
    ...when(needed && !approved, "approval-missing"),
  ];
}

function tagReasons({ tag }: MergeFacts): readonly Reason[] {
  return [...when(tag === "moved", "tag-moved"), ...when(tag === "unknown", "registry-unavailable")];
}

function when(applies: boolean, code: ReasonCode): readonly Reason[] {
  return applies ? [reason(code)] : [];
}
