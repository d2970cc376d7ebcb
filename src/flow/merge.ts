import { policyOf } from "../config/merge.ts";
import { isAppError } from "../core/errors.ts";
import type { PullRecord } from "../core/pull.ts";
import { type MergeDecision, type MergeFacts, mayMerge } from "../core/pull-merge.ts";
import { type Reason, reason } from "../core/reason.ts";
import { type Digest, formatReference, type ImageReference, imageKey } from "../core/reference.ts";
import type { RepositoryId } from "../core/repository.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { isDerived } from "./derive.ts";
import type { Gated } from "./gate.ts";
import { pausedReason } from "./pause.ts";
import { pullSubject, saveMerged } from "./present.ts";
import { act, assertCurrent, record } from "./record.ts";

type NotNow = Exclude<MergeDecision, { readonly state: "merge" }>;

/**
 * Step 5: merges exactly the head that was judged, when policy, rules and people allow it. What it depends on is looked at
 * again here: the verdict was true when it was given, and the world may have moved since.
 */
export async function mergePull(context: Context, run: Run, gated: Gated): Promise<void> {
  const { repository, own, pull } = gated;
  if (own.gate?.verdict.state !== "pass") return;
  const paused = await pausedReason(context.store.ledger, repository);
  if (paused !== undefined) return leaveOpen(context, run, gated, { state: "held", reasons: [paused] });
  const decision = mayMerge(await factsOf(context, gated));
  if (decision.state !== "merge") return leaveOpen(context, run, gated, decision);
  const fact = { subject: pullSubject(own), transition: "merged", cause: pull.head, data: { number: pull.number } };
  try {
    await act(
      context,
      run,
      fact,
      () => context.github.pulls.merge(repository, pull.number, pull.head, `${own.title} (#${pull.number})`),
      (tables, merge) => saveMerged(context, tables, own, merge),
    );
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    // A rule that nobody may read, or a permission that is missing: only the answer tells of it.
    await leaveOpen(context, run, gated, { state: "held", reasons: [reason("merge-refused", error.message)] });
  }
}

/** Says why a pull that passed is not merged, and asks for whatever would get it further. */
async function leaveOpen(context: Context, run: Run, gated: Gated, decision: NotNow): Promise<void> {
  const { own, pull } = gated;
  const { state, reasons } = decision;
  const codes = reasons.map(({ code }) => code);
  context.log.info({ pull: pullSubject(own), decision: state, reasons: codes }, "pull not merged");
  const save = ({ pulls }: Tables) =>
    pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, unmerged: { head: pull.head, reasons } }));
  if (state === "held") {
    const cause = `${pull.head} ${codes.join(" ")}`;
    const fact = { subject: pullSubject(own), transition: "merge held", cause, data: { reasons: codes } };
    await record(context, run, fact, save);
  } else {
    await context.store.transaction(async (tables) => {
      await assertCurrent(tables, run);
      await save(tables);
    });
  }
  await goOn(context, own, decision);
}

/** Only a head that is made anew gets past a conflict, or past a tag that has moved; and that one has to be seen first. */
async function goOn(
  { store, now }: Context,
  { repository, branch, group }: PullRecord,
  decision: NotNow,
): Promise<void> {
  const { jobs } = store;
  if (decision.state === "wait" && decision.retryAfter !== undefined) {
    await jobs.wake({ kind: "pull", repository, branch }, now() + decision.retryAfter * 1000);
  }
  const codes = decision.reasons.map(({ code }) => code);
  if (codes.includes("conflict")) await jobs.enqueue({ kind: "repo", repository });
  if (codes.includes("tag-moved")) await jobs.enqueue({ kind: "image", image: group.image });
}

async function factsOf(context: Context, gated: Gated): Promise<MergeFacts> {
  const { repository, own, pull } = gated;
  const { github } = context;
  const policies = own.group.updates.map(({ policy }) => policy.merge);
  return {
    policy: { merge: STRICTNESS.find((one) => policies.includes(one)) ?? "never" },
    early: isEarly(context, gated),
    signed: false,
    verdict: own.gate,
    pull: {
      open: pull.state === "open",
      draft: pull.draft,
      head: pull.head,
      baseUnchanged: pull.base === own.base && own.base === repository.defaultBranch,
      headRecorded: own.heads.includes(pull.head) && pull.headRepository === repository.repository,
      diffEqual: await isDerived(context, repository, own.group, pull.head),
      mergeable: pull.mergeable,
    },
    requiredChecks: await github.branches.requiredChecks(repository, pull.base),
    checks: await github.checks.list(repository, pull.head),
    reviews: await github.pulls.reviews(repository, pull.number),
    tag: await tagState(
      context,
      own.group.updates.map(({ to }) => to),
    ),
    refusals: await quarantined(
      context,
      own.repository,
      own.group.updates.map(({ to }) => to),
    ),
  };
}

/** From strict to lax: updates that travel together merge by the strictest policy among them. */
const STRICTNESS = ["never", "approval", "auto"] as const;

/** Whether every tag still names the digest that the pull brings. */
async function tagState(context: Context, references: readonly ImageReference[]): Promise<MergeFacts["tag"]> {
  for (const { digest, ...named } of references) {
    if (digest === undefined) continue;
    const now = await namesNow(context, named);
    if (now === "unknown") return "unknown";
    if (now !== digest) return "moved";
  }
  return "same";
}

async function namesNow(context: Context, reference: ImageReference): Promise<Digest | "unknown" | undefined> {
  try {
    return (await context.registry.resolve(reference))?.digest;
  } catch (error) {
    if (isAppError(error, "UNAVAILABLE")) return "unknown";
    throw error;
  }
}

/** Whether urgency alone lets a candidate through that has not been on its tag as long as others must. */
function isEarly({ now }: Context, { config, own }: Gated): boolean {
  const decide = policyOf(config);
  return own.group.updates.some(({ to, change, firstSeen, policy, changes }) =>
    changes.some(({ use }) => {
      const usual = decide({ image: imageKey(to), path: use.path, change, urgency: "normal" }).minAge;
      return policy.minAge < usual && now() < (firstSeen ?? now()) + usual * 1000;
    }),
  );
}

/** A digest that failed after the verdict was given does not merge any more. */
async function quarantined(
  context: Context,
  repository: RepositoryId,
  references: readonly ImageReference[],
): Promise<readonly Reason[]> {
  const failed = await context.store.quarantine.digests(repository);
  const hit = references.filter(({ digest }) => digest !== undefined && failed.has(digest));
  return hit.map((reference) => reason("quarantined", formatReference(reference)));
}
