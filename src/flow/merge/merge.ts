import { isAppError } from "../../core/errors.ts";
import { type MergeDecision, mayMerge } from "../../core/pull/merge.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { enqueued, reasonsToLeave, takenOut, triesOf } from "../../core/pull/queue.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject } from "../conversation/refusal.ts";
import { wishesOf } from "../conversation/wishes.ts";
import type { Gated } from "../gate/gate.ts";
import { saveMerged } from "../gate/present.ts";
import { pausedReason } from "../pause/pause.ts";
import { catchUp } from "../propose/catch-up.ts";
import { act, assertCurrent, record } from "../record.ts";
import { mergeFacts } from "./facts.ts";
import { mergeClosed, mergeCloses } from "./window.ts";

type NotNow = Extract<MergeDecision, { readonly state: "wait" | "held" }>;

/**
 * Step 5: merges exactly the head that was judged, when policy, rules and people allow it, or puts it into the merge queue of
 * its base. What it depends on is looked at again here: the verdict was true when it was given, and the world may have moved
 * since.
 */
export async function mergePull(context: Context, run: Run, gated: Gated): Promise<void> {
  const { own, held } = gated;
  const verdict = own.gate?.verdict;
  if (verdict?.state !== "pass") return leaveQueue(context, run, gated, verdict?.reasons);
  const stopped = held ?? (await stoppedBy(context, gated));
  if (stopped !== undefined) return leaveOpen(context, run, gated, { state: "held", reasons: [stopped] });
  try {
    const { facts, own } = await mergeFacts(context, run, gated);
    const decision = mayMerge(facts);
    if (decision.state === "merge") await merge(context, run, { ...gated, own }, decision);
    else if (decision.state === "enqueue") await enqueue(context, run, { ...gated, own });
    else await leaveOpen(context, run, { ...gated, own }, decision);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    // A rule that nobody may read, or a permission that is missing: only the answer tells of it.
    await leaveOpen(context, run, gated, { state: "held", reasons: [reason("merge-refused", error.message)] });
  }
}

/** Whether the operator paused everything here, or a person this pull. */
async function stoppedBy({ store, now }: Context, { repository, own }: Gated): Promise<Reason | undefined> {
  return (await pausedReason(store.ledger, repository)) ?? (await wishesOf(store.ledger, own, now())).paused;
}

async function merge(
  context: Context,
  run: Run,
  { repository, own, pull }: Gated,
  { method }: Extract<MergeDecision, { readonly state: "merge" }>,
): Promise<void> {
  const fact = { subject: pullSubject(own), transition: "merged", cause: pull.head, data: { number: pull.number } };
  const asked = { head: pull.head, title: `${own.title} (#${pull.number})`, method };
  await act(
    context,
    run,
    fact,
    () => context.github.pulls.merge(repository, pull.number, asked),
    (tables, commit) => saveMerged(context, tables, repository, own, commit),
  );
}

/** From here on it is GitHub that merges; our check is asked for once more, on what the queue makes of it (`merge-group.ts`). */
async function enqueue(context: Context, run: Run, { repository, own, pull }: Gated): Promise<void> {
  const cause = `${pull.head} ${triesOf(own.queue, pull.head) + 1}`;
  const fact = { subject: pullSubject(own), transition: "enqueued", cause, data: { number: pull.number } };
  const unmerged = { head: pull.head, reasons: [reason("queued")] };
  await act(
    context,
    run,
    fact,
    () => context.github.pulls.enqueue(repository, pull.number, pull.head),
    ({ pulls }) =>
      pulls.update(own.repository, own.branch, (fresh) => ({
        ...fresh,
        queue: enqueued(own.queue, pull.head),
        unmerged,
      })),
  );
  const closes = mergeCloses(context, own);
  if (closes === undefined) return;
  await context.store.jobs.wake({ kind: "pull", repository: own.repository, branch: own.branch }, closes);
}

/**
 * Takes out of the merge queue what we put in and would not put in any more: its window closed, say, or Oakum was paused. It goes
 * in again when nothing speaks against it.
 */
async function takeOut(context: Context, run: Run, { repository, own, pull }: Gated, why: readonly Reason[]) {
  const { queue } = own;
  if (queue === undefined) return;
  const data = { number: pull.number, reasons: why.map(({ code }) => code) };
  const cause = `${pull.head} ${queue.tries}`;
  const fact = { subject: pullSubject(own), transition: "taken out of the merge queue", cause, data };
  await act(
    context,
    run,
    fact,
    () => context.github.pulls.dequeue(repository, pull.number),
    ({ pulls }) =>
      pulls.update(own.repository, own.branch, (fresh) => ({
        ...fresh,
        queue: takenOut(queue),
        unmerged: { head: pull.head, reasons: why },
      })),
  );
}

/** What was queued when it had passed does not stay when it has not: a group need not ask for our check. */
async function leaveQueue(context: Context, run: Run, gated: Gated, reasons: readonly Reason[] = []): Promise<void> {
  const { own, pull } = gated;
  const why = reasonsToLeave(own.queue, pull.head, [reason("verdict-missing"), ...reasons]);
  if (why.length > 0) await takeOut(context, run, gated, why);
}

/** Says why a pull that passed is not merged, and asks for whatever would get it further. */
async function leaveOpen(context: Context, run: Run, gated: Gated, decision: NotNow): Promise<void> {
  const { own, pull } = gated;
  const { state } = decision;
  const why = reasonsToLeave(own.queue, pull.head, decision.reasons);
  if (why.length > 0) await takeOut(context, run, gated, why);
  const reasons = why.length > 0 ? decision.reasons.filter(({ code }) => code !== "queued") : decision.reasons;
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
  await catchUp(context, run, gated);
}

/** Only a head that is made anew gets past a conflict, or past a tag that has moved; and that one has to be seen first. */
async function goOn(context: Context, own: PullRecord, decision: NotNow): Promise<void> {
  const { repository, branch, group } = own;
  const { jobs } = context.store;
  const codes = decision.reasons.map(({ code }) => code);
  if (decision.state === "wait" && decision.retryAfter !== undefined) {
    await jobs.wake({ kind: "pull", repository, branch }, context.now() + decision.retryAfter * 1000);
  }
  const opensAt = mergeClosed(context, own)?.opensAt;
  if (codes.includes("outside-window") && opensAt !== undefined) {
    await jobs.wake({ kind: "pull", repository, branch }, opensAt);
  }
  if (codes.includes("conflict")) await jobs.enqueue({ kind: "repo", repository });
  if (codes.includes("tag-moved")) await jobs.enqueue({ kind: "image", image: group.image });
}
