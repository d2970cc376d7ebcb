import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MergeFacts, mayMerge, type PullReview } from "../../../src/core/pull/merge.ts";
import { reason } from "../../../src/core/reason.ts";
import { noRules } from "../samples.ts";

const head = "a".repeat(40);
const before = "b".repeat(40);
const pass = { state: "pass", reasons: [] } as const;
const pull: MergeFacts["pull"] = {
  open: true,
  draft: false,
  head,
  baseUnchanged: true,
  headRecorded: true,
  diffEqual: true,
  sameChange: [],
  upToDate: true,
  mergeable: true,
};
const rules: MergeFacts["rules"] = {
  ...noRules,
  requiredChecks: [{ context: "build", app: 15368 }],
  methods: ["merge", "squash"],
};
const green = { name: "build", app: 15368, status: "completed", conclusion: "success" } as const;

/** Facts under which an automatic merge is due. */
const ready: MergeFacts = {
  policy: { merge: "auto" },
  early: false,
  signed: false,
  verdict: { head, verdict: pass },
  pull,
  rules,
  queue: { state: "none" },
  checks: [green],
  reviews: [],
  tag: "same",
  refusals: [],
};

function review(user: string, state: PullReview["state"], more: Partial<PullReview> = {}): PullReview {
  return { user, state, commit: head, mayWrite: true, ...more };
}

const byApproval = { policy: { merge: "approval" } } as const;
const approved = review("mona", "approved");

describe("mayMerge", () => {
  it.each<[string, Partial<MergeFacts>, string]>([
    ["all is well", {}, "merge"],
    ["policy never", { policy: { merge: "never" } }, "held merge-never"],
    ["no verdict", { verdict: undefined }, "wait verdict-missing"],
    ["a verdict on another head", { verdict: { head: before, verdict: pass } }, "wait verdict-missing"],
    [
      "a pending verdict",
      { verdict: { head, verdict: { state: "held", reasons: [reason("build-pending")] } } },
      "wait build-pending",
    ],
    [
      "a held verdict",
      { verdict: { head, verdict: { state: "held", reasons: [reason("scan-unavailable")] } } },
      "held scan-unavailable",
    ],
    [
      "a failed verdict",
      { verdict: { head, verdict: { state: "fail", reasons: [reason("known-exploited")] } } },
      "held known-exploited",
    ],
    [
      "a failed verdict that gives no reason",
      { verdict: { head, verdict: { state: "fail", reasons: [] } } },
      "wait verdict-missing",
    ],
    ["closed", { pull: { ...pull, open: false } }, "held pull-closed"],
    ["a draft", { pull: { ...pull, draft: true } }, "held draft"],
    ["retargeted", { pull: { ...pull, baseUnchanged: false } }, "held base-moved"],
    ["a head that is not ours", { pull: { ...pull, headRecorded: false } }, "held head-not-ours"],
    ["a head with other edits", { pull: { ...pull, diffEqual: false } }, "held head-differs"],
    ["mergeable not known yet", { pull: { ...pull, mergeable: undefined } }, "wait mergeable-unknown 5"],
    ["a conflict", { pull: { ...pull, mergeable: false } }, "wait conflict"],
    ["the tag moved", { tag: "moved" }, "held tag-moved"],
    ["the registry is silent", { tag: "unknown" }, "wait registry-unavailable 60"],
    ["outside the window", { refusals: [reason("outside-window")] }, "wait outside-window"],
    ["quarantined", { refusals: [reason("quarantined")] }, "held quarantined"],
    [
      "all reasons are told, the hard ones decide",
      { verdict: undefined, tag: "moved" },
      "held verdict-missing tag-moved",
    ],

    ["no required check", { rules: { ...rules, requiredChecks: [] } }, "held no-required-check"],
    ["a check not reported", { checks: [] }, "wait checks-missing"],
    ["a check under way", { checks: [{ ...green, status: "in_progress" }] }, "wait checks-missing"],
    ["a red check", { checks: [{ ...green, conclusion: "failure" }] }, "wait checks-missing"],
    ["a skipped check", { checks: [{ ...green, conclusion: "skipped" }] }, "merge"],
    ["a green check of another App", { checks: [{ ...green, app: 1 }] }, "wait checks-missing"],
    [
      "a check that any App may report",
      { rules: { ...rules, requiredChecks: [{ context: "build" }] }, checks: [{ ...green, app: undefined }] },
      "merge",
    ],
    [
      "a red one beside a green one of its name",
      {
        rules: { ...rules, requiredChecks: [{ context: "build" }] },
        checks: [green, { ...green, app: 1, conclusion: "failure" }],
      },
      "wait checks-missing",
    ],
    [
      "one of two checks",
      { rules: { ...rules, requiredChecks: [{ context: "build" }, { context: "test" }] } },
      "wait checks-missing",
    ],

    ["no approval", byApproval, "wait approval-missing"],
    [
      "approval needs no required check",
      { ...byApproval, rules: { ...rules, requiredChecks: [] }, checks: [], reviews: [approved] },
      "merge",
    ],
    ["approved", { ...byApproval, reviews: [approved] }, "merge"],
    [
      "approved an earlier head",
      { ...byApproval, reviews: [{ ...approved, commit: before }] },
      "wait approval-missing",
    ],
    ["approved by a stranger", { ...byApproval, reviews: [{ ...approved, mayWrite: false }] }, "wait approval-missing"],
    [
      "approval dismissed",
      { ...byApproval, reviews: [approved, review("mona", "dismissed")] },
      "wait approval-missing",
    ],
    ["approved, then commented", { ...byApproval, reviews: [approved, review("mona", "commented")] }, "merge"],
    [
      "approved, then changes requested",
      { ...byApproval, reviews: [approved, review("mona", "changes-requested")] },
      "held changes-requested approval-missing",
    ],
    [
      "changes requested, then approved",
      { ...byApproval, reviews: [review("mona", "changes-requested"), approved] },
      "merge",
    ],
    [
      "changes requested by another",
      { ...byApproval, reviews: [approved, review("hubot", "changes-requested")] },
      "held changes-requested",
    ],
    [
      "changes requested of an automatic merge",
      { reviews: [review("hubot", "changes-requested")] },
      "held changes-requested",
    ],
    [
      "changes requested by a stranger",
      { reviews: [review("hubot", "changes-requested", { mayWrite: false })] },
      "merge",
    ],
    ["early, not signed", { early: true }, "wait approval-missing"],
    ["early and signed", { early: true, signed: true }, "merge"],
    ["early and approved", { early: true, reviews: [approved] }, "merge"],

    // What rules ask for.
    ["linear history", { rules: { ...rules, linear: true } }, "merge squash"],
    ["no way to merge", { rules: { ...rules, methods: ["merge"], linear: true } }, "held no-merge-method"],
    ["only some may update the base", { rules: { ...rules, restricted: true } }, "held base-restricted"],
    ["two approvals, one given", { rules: { ...rules, approvals: 2 }, reviews: [approved] }, "wait approval-missing"],
    ["two approvals", { rules: { ...rules, approvals: 2 }, reviews: [approved, review("ann", "approved")] }, "merge"],
    [
      "an approval before the base was merged in",
      { ...byApproval, pull: { ...pull, sameChange: [before] }, reviews: [{ ...approved, commit: before }] },
      "merge",
    ],
    [
      "a code owner's approval missing",
      { ...byApproval, reviews: [approved], standing: { review: "required", blocked: true } },
      "wait review-required",
    ],
    [
      "refused by GitHub's count",
      { standing: { review: "changes-requested", blocked: true } },
      "held changes-requested",
    ],
    [
      "strict, and behind",
      { rules: { ...rules, strict: true }, pull: { ...pull, upToDate: false } },
      "wait behind-base",
    ],
    ["behind where nobody minds", { pull: { ...pull, upToDate: false } }, "merge"],
    ["a rule that only GitHub can judge", { rules: { ...rules, opaque: ["workflows"] } }, "wait rule-pending"],
    ["that rule met", { rules: { ...rules, opaque: ["workflows"] }, standing: { blocked: false } }, "merge"],
    [
      "a deployment to be made",
      { rules: { ...rules, deployments: ["qa"] }, standing: { blocked: true } },
      "wait rule-pending",
    ],
    ["a queue", { rules: { ...rules, queue: true, strict: true }, pull: { ...pull, upToDate: false } }, "enqueue"],
    ["in the queue", { rules: { ...rules, queue: true }, queue: { state: "queued", position: 1 } }, "wait queued"],
    [
      "given back",
      { rules: { ...rules, queue: true }, queue: { state: "left", cause: "CI_FAILURE" } },
      "held dequeued",
    ],
  ])("%s", (_, more, expected) => {
    const decision = mayMerge({ ...ready, ...more });
    if (expected === "merge squash") return expect(decision).toEqual({ state: "merge", method: "squash" });
    const codes = "reasons" in decision ? decision.reasons.map(({ code }) => code) : [];
    const after = decision.state === "wait" ? [decision.retryAfter] : [];
    expect([decision.state, ...codes, ...after].filter((part) => part !== undefined).join(" ")).toBe(expected);
  });

  it("never merges without a passing verdict on exactly this head, our own edits and a moved or unknown tag", () => {
    const facts = fc.record({
      policy: fc.record({ merge: fc.constantFrom("auto" as const, "approval" as const, "never" as const) }),
      early: fc.boolean(),
      signed: fc.boolean(),
      verdict: fc.option(
        fc.record({
          head: fc.constantFrom(head, before),
          verdict: fc.constantFrom(
            pass,
            { state: "fail", reasons: [] } as const,
            { state: "held", reasons: [] } as const,
          ),
        }),
        { nil: undefined },
      ),
      pull: fc.record({
        open: fc.boolean(),
        draft: fc.boolean(),
        head: fc.constant(head),
        baseUnchanged: fc.boolean(),
        headRecorded: fc.boolean(),
        diffEqual: fc.boolean(),
        sameChange: fc.constant([]),
        upToDate: fc.boolean(),
        mergeable: fc.constantFrom(true, false, undefined),
      }),
      rules: fc.record({
        requiredChecks: fc.constantFrom([], rules.requiredChecks),
        strict: fc.boolean(),
        approvals: fc.constantFrom(0, 1),
        reviews: fc.constant([]),
        signatures: fc.boolean(),
        linear: fc.boolean(),
        methods: fc.constantFrom(["merge" as const], ["squash" as const], []),
        queue: fc.boolean(),
        deployments: fc.constantFrom([], ["qa"]),
        restricted: fc.boolean(),
        opaque: fc.constantFrom([], ["workflows"]),
      }),
      queue: fc.constantFrom(
        { state: "none" } as const,
        { state: "queued", position: 1 } as const,
        { state: "left", cause: "MANUAL" } as const,
      ),
      checks: fc.constantFrom([], ready.checks),
      reviews: fc.constantFrom([], [approved]),
      tag: fc.constantFrom("same" as const, "moved" as const, "unknown" as const),
      refusals: fc.constantFrom([], [reason("quarantined")]),
    });
    fc.assert(
      fc.property(facts, (input) => {
        const { state } = mayMerge(input);
        if (state !== "merge" && state !== "enqueue") return;
        expect(state === "enqueue").toBe(input.rules.queue);
        expect([input.queue.state, input.rules.restricted]).toEqual(["none", false]);
        expect(input.rules.approvals).toBeLessThanOrEqual(input.reviews.length);
        if (state === "merge") expect(input.rules.strict && !input.pull.upToDate).toBe(false);
        expect(input.verdict).toEqual({ head, verdict: pass });
        expect(input.pull).toEqual({ ...pull, upToDate: input.pull.upToDate });
        expect([input.tag, input.refusals]).toEqual(["same", []]);
        expect(input.policy.merge).not.toBe("never");
        expect(input.reviews.length > 0 || input.rules.requiredChecks.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
