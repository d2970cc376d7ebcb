import type { Policy } from "../policy/policy.ts";
import { type Reason, type ReasonCode, reason } from "../reason.ts";
import type { Sha } from "../repository.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { type BranchRules, type MergeMethod, mergeMethod } from "./branch-rules.ts";

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
    /** Earlier heads that differ from this one by nothing but a merge of the base: what people said of them holds. */
    readonly sameChange: readonly Sha[];
    /** Whether the head has all of its base. */
    readonly upToDate: boolean;
    /** `undefined` while GitHub is still computing it. */
    readonly mergeable: boolean | undefined;
  };
  readonly rules: BranchRules;
  /** What only GitHub can tell; asked for where a rule makes it matter. */
  readonly standing?: MergeStanding;
  readonly queue: QueueState;
  /** The latest of each name and App. */
  readonly checks: readonly ReportedCheck[];
  readonly reviews: readonly PullReview[];
  /** Whether every tag still names the digest that the pull writes. */
  readonly tag: "same" | "moved" | "unknown";
  /** What else is known to forbid it, such as a window or a quarantine. */
  readonly refusals: readonly Reason[];
}

/** How GitHub itself says that a pull stands. */
export interface MergeStanding {
  /** By the reviews that rules ask for; absent where they ask for none. */
  readonly review?: "approved" | "changes-requested" | "required";
  /** Whether some rule is not met; `undefined` while it is being computed. */
  readonly blocked: boolean | undefined;
}

/** Where a head stands with the merge queue of its base. */
export type QueueState =
  | { readonly state: "none" }
  | { readonly state: "queued"; readonly position: number }
  /** It was in there, and came out without being merged; `cause` in GitHub's words. */
  | { readonly state: "left"; readonly cause: string };

export type MergeDecision =
  | { readonly state: "merge"; readonly method: MergeMethod }
  | { readonly state: "enqueue" }
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
  "behind-base",
  "review-required",
  "rule-pending",
  "queued",
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
    ...ruleReasons(facts),
    ...tagReasons(facts),
    ...facts.refusals,
    ...queueReasons(facts),
  ];
  const method = mergeMethod(facts.rules);
  if (reasons.length === 0 && facts.rules.queue) return { state: "enqueue" };
  if (reasons.length === 0 && method !== undefined) return { state: "merge", method };
  if (!reasons.every(({ code }) => PASSING.has(code))) return { state: "held", reasons };
  const codes = new Set(reasons.map(({ code }) => code));
  if (codes.has("mergeable-unknown")) return { state: "wait", reasons, retryAfter: MERGEABLE_AFTER };
  return codes.has("registry-unavailable")
    ? { state: "wait", reasons, retryAfter: REGISTRY_AFTER }
    : { state: "wait", reasons };
}

function policyReasons({ policy, rules: { requiredChecks } }: MergeFacts): readonly Reason[] {
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

function checkReasons({ rules: { requiredChecks }, checks }: MergeFacts): readonly Reason[] {
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

function reviewReasons({ policy, early, signed, reviews, pull, rules, standing }: MergeFacts): readonly Reason[] {
  const latest = lastReviews(reviews);
  const heads = new Set([pull.head, ...pull.sameChange]);
  const approvals = latest.filter(({ state, commit }) => state === "approved" && heads.has(commit)).length;
  const byPolicy = policy.merge === "approval" || (early && !signed) ? 1 : 0;
  const needed = Math.max(byPolicy, rules.approvals);
  const isMissing = approvals < needed;
  return [
    ...when(
      latest.some(({ state }) => state === "changes-requested") || standing?.review === "changes-requested",
      "changes-requested",
    ),
    ...(isMissing ? [reason("approval-missing", needed > 1 ? `${approvals} of ${needed}` : undefined)] : []),
    ...(!isMissing && standing?.review === "required" ? [reason("review-required", wanted(rules.reviews))] : []),
  ];
}

/** The last word of everyone who may write. */
export function lastReviews(reviews: readonly PullReview[]): readonly PullReview[] {
  const standing = new Map<string, PullReview>();
  for (const review of reviews) {
    const decides = review.state !== "commented" && review.state !== "pending";
    if (decides && review.mayWrite) standing.set(review.user, review);
  }
  return [...standing.values()];
}

/** What rules say beyond checks and reviews. A queue sees to the rest itself, when something is to be queued and after. */
function ruleReasons({ rules, pull, standing }: MergeFacts): readonly Reason[] {
  const isBehind = rules.strict && !rules.queue && !pull.upToDate;
  const hidden = [...rules.opaque, ...rules.deployments.map((one) => `deployment to ${one}`)];
  const isPending = hidden.length > 0 && !rules.queue && standing?.blocked !== false;
  return [
    ...when(rules.restricted, "base-restricted"),
    ...when(!rules.queue && mergeMethod(rules) === undefined, "no-merge-method"),
    ...when(isBehind, "behind-base"),
    ...(isPending ? [reason("rule-pending", wanted(hidden))] : []),
  ];
}

function queueReasons({ queue }: MergeFacts): readonly Reason[] {
  switch (queue.state) {
    case "none":
      return [];
    case "queued":
      return [reason("queued", `position ${queue.position}`)];
    case "left":
      return [reason("dequeued", queue.cause)];
  }
}

function wanted(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : list.join(", ");
}

function tagReasons({ tag }: MergeFacts): readonly Reason[] {
  return [...when(tag === "moved", "tag-moved"), ...when(tag === "unknown", "registry-unavailable")];
}

function when(applies: boolean, code: ReasonCode): readonly Reason[] {
  return applies ? [reason(code)] : [];
}
