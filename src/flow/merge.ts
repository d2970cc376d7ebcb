import { policyOf } from "../config/merge.ts";
import { isAppError } from "../core/errors.ts";
import { type MergeFacts, mayMerge } from "../core/pull-merge.ts";
import { type Reason, type ReasonCode, reason } from "../core/reason.ts";
import { type Digest, formatReference, type ImageReference, imageKey } from "../core/reference.ts";
import type { RepositoryId } from "../core/repository.ts";
import type { Context, Run } from "./context.ts";
import { isDerived } from "./derive.ts";
import type { Gated } from "./gate.ts";
import { pullSubject, saveMerged } from "./present.ts";
import { act, record } from "./record.ts";

/**
 * Step 5: merges exactly the head that was judged, when policy, rules and people allow it. What it depends on is looked at
 * again here: the verdict was true when it was given, and the world may have moved since.
 */
export async function mergePull(context: Context, run: Run, gated: Gated): Promise<void> {
  const { repository, own, pull } = gated;
  if (own.gate?.verdict.state !== "pass") return;
  const decision = mayMerge(await factsOf(context, gated));
  if (decision.state !== "merge") {
    const codes = decision.reasons.map(({ code }) => code);
    context.log.info({ pull: pullSubject(own), decision: decision.state, reasons: codes }, "pull not merged");
    if (decision.state === "held") await recordHeld(context, run, gated, codes);
    else if (decision.retryAfter !== undefined) {
      const at = context.now() + decision.retryAfter * 1000;
      await context.store.jobs.wake({ kind: "pull", repository: own.repository, branch: own.branch }, at);
    }
    return askForNewHead(context, gated, codes);
  }
  const fact = { subject: pullSubject(own), transition: "merged", cause: pull.head, data: { number: pull.number } };
  await act(
    context,
    run,
    fact,
    () => context.github.pulls.merge(repository, pull.number, pull.head, `${own.title} (#${pull.number})`),
    (tables, merge) => saveMerged(context, tables, own, merge),
  );
}

/** Only a head that is made anew gets past a conflict, or past a tag that has moved; and that one has to be seen first. */
async function askForNewHead({ store }: Context, { own }: Gated, codes: readonly ReasonCode[]): Promise<void> {
  if (codes.includes("conflict")) await store.jobs.enqueue({ kind: "repo", repository: own.repository });
  if (codes.includes("tag-moved")) await store.jobs.enqueue({ kind: "image", image: own.group.image });
}

async function recordHeld(context: Context, run: Run, { own, pull }: Gated, codes: readonly string[]): Promise<void> {
  const cause = `${pull.head} ${codes.join(" ")}`;
  await record(context, run, { subject: pullSubject(own), transition: "merge held", cause, data: { reasons: codes } });
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
