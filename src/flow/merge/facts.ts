import { isKept } from "../../config/branches.ts";
import { ignoredBy, policyOf } from "../../config/merge.ts";
import { isAppError } from "../../core/errors.ts";
import { strictestOf } from "../../core/policy/strictness.ts";
import type { MergeFacts } from "../../core/pull/merge.ts";
import { objectionsTo } from "../../core/pull/permitted.ts";
import { headOf, type PullRecord } from "../../core/pull/pull.ts";
import { enqueued, noticeQueue, type QueueRecord, type QueueSight, queueState } from "../../core/pull/queue.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { type Digest, formatReference, type ImageReference, imageKey } from "../../core/reference.ts";
import type { RepositoryId } from "../../core/repository.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject } from "../conversation/refusal.ts";
import type { Gated } from "../gate/gate.ts";
import { isDerived } from "../propose/derive.ts";
import { record } from "../record.ts";
import { mergeClosed } from "./window.ts";

/**
 * Observes everything that merging is decided from, and notes on the pull's record what became of it in the merge queue;
 * answers with the record as it is then.
 */
export async function mergeFacts(
  context: Context,
  run: Run,
  gated: Gated,
): Promise<{ readonly facts: MergeFacts; readonly own: PullRecord }> {
  const { repository, pull } = gated;
  const { branches, pulls } = context.github;
  const rules = await branches.rules(repository, pull.base);
  const isAsked = rules.queue || rules.reviews.length > 0 || rules.opaque.length > 0 || rules.deployments.length > 0;
  const standing = isAsked ? await pulls.standing(repository, pull.number, { queue: rules.queue }) : undefined;
  const base = (await context.github.trees.head(repository, pull.base)) ?? "";
  const sight = { head: pull.head, base, position: standing?.position, left: standing?.left };
  const own = rules.queue ? await noteQueue(context, run, gated.own, sight) : gated.own;
  const facts = {
    ...(await observe(context, { ...gated, own })),
    rules,
    ...(standing && { standing }),
    queue: rules.queue ? queueState(own.queue, sight) : ({ state: "none" } as const),
  };
  return {
    facts: { ...facts, pull: { ...facts.pull, upToDate: own.baseSha === base && headOf(own) === pull.head } },
    own,
  };
}

/** Writes down that a head went into the queue or came out of it without being merged. */
async function noteQueue(context: Context, run: Run, own: PullRecord, sight: QueueSight): Promise<PullRecord> {
  const noticed = noticeQueue(own.queue, sight);
  if (noticed === undefined || noticed === own.queue) return own;
  const queue = (await isByUs(context, own, noticed)) ? enqueued(own.queue, sight.head) : noticed;
  const save = ({ pulls }: Tables) => pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, queue }));
  const { left, tries } = queue;
  const cause = `${sight.head} ${tries}`;
  const fact =
    left === undefined
      ? { subject: pullSubject(own), transition: "enqueued", cause, data: { number: own.number } }
      : { subject: pullSubject(own), transition: "left the merge queue", cause, data: { reason: left.cause } };
  await record(context, run, fact, save);
  return { ...own, queue };
}

/** Whether a head that was not known to be in the queue was put there by a try of ours that died before it could say so. */
async function isByUs({ store }: Context, own: PullRecord, { head, tries, left }: QueueRecord): Promise<boolean> {
  if (left !== undefined) return false;
  const cause = `${head} ${tries + 1}`;
  return (await store.ledger.find(pullSubject(own), "enqueued intended", cause)) !== undefined;
}

type Observed = Omit<MergeFacts, "rules" | "standing" | "queue">;

async function observe(context: Context, gated: Gated): Promise<Observed> {
  const { repository, config, own, pull } = gated;
  const { github } = context;
  const closed = mergeClosed(context, own);
  const references = own.group.updates.map(({ to }) => to);
  return {
    policy: strictestOf(own.group.updates.map(({ policy }) => policy)),
    early: isEarly(context, gated),
    signed: false,
    verdict: own.gate,
    pull: {
      open: pull.state === "open",
      draft: pull.draft,
      head: pull.head,
      baseUnchanged: pull.base === own.base && isKept(gated.config, repository.defaultBranch, own.base),
      headRecorded: own.heads.includes(pull.head) && pull.headRepository === repository.repository,
      diffEqual: await isDerived(context, repository, own.group, pull.head),
      sameChange: own.sameChange ?? [],
      upToDate: false,
      mergeable: pull.mergeable,
    },
    checks: await github.checks.list(repository, pull.head),
    reviews: await github.pulls.reviews(repository, pull.number),
    tag: await tagState(context, references),
    refusals: [
      ...(await quarantined(context, own.repository, references)),
      ...(closed ? [closed.reason] : []),
      ...objectionsTo(own.group, ignoredBy(config)),
    ],
  };
}

/** Whether every tag still names the digest that the pull brings. */
export async function tagState(context: Context, references: readonly ImageReference[]): Promise<MergeFacts["tag"]> {
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
      const usual = decide({
        image: imageKey(to),
        path: use.path,
        kind: use.manager,
        change,
        urgency: "normal",
      }).minAge;
      return policy.minAge < usual && now() < (firstSeen ?? now()) + usual * 1000;
    }),
  );
}

/** A digest that failed after the verdict was given does not merge any more. */
export async function quarantined(
  context: Context,
  repository: RepositoryId,
  references: readonly ImageReference[],
): Promise<readonly Reason[]> {
  const failed = await context.store.quarantine.digests(repository);
  const hit = references.filter(({ digest }) => digest !== undefined && failed.has(digest));
  return hit.map((reference) => reason("quarantined", formatReference(reference)));
}
