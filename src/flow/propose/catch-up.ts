import type { Config } from "../../config/config.ts";
import { isOnlyBehind, nextInLine } from "../../core/pull/next-in-line.ts";
import { commitMessage, headOf, type PullRecord, withHeads } from "../../core/pull/pull.ts";
import { isQueued } from "../../core/pull/queue.ts";
import type { ReasonCode } from "../../core/reason.ts";
import type { Repository, RepositoryId, Sha } from "../../core/repository.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject } from "../conversation/refusal.ts";
import { act } from "../record.ts";
import { deriveOn } from "./derive.ts";

/** Milliseconds after which a pull in the line looks again, should nothing have told it that its turn has come. */
const LOOK_AGAIN = 3_600_000;

/** A pull that may not merge now. */
interface Waiting {
  readonly repository: Repository;
  readonly config: Config;
  readonly own: PullRecord;
  readonly pull: Pull;
}

/**
 * Merges the base into a head that nothing else keeps from merging, where its rules ask for a head that has all of it: one
 * pull at a time. It is gated anew; what people said of it holds, since it changes the same.
 */
export async function catchUp(
  context: Context,
  run: Run,
  { repository, config, pull, own: known }: Waiting,
): Promise<void> {
  const { pulls, jobs } = context.store;
  const own = await pulls.get(known.repository, known.branch);
  if (own === undefined || own.state !== "open" || headOf(own) !== pull.head || !isOnlyBehind(own)) return;
  const base = await context.github.trees.head(repository, own.base);
  if (base === undefined || base === own.baseSha) return;
  const line = (await pulls.list(own.repository)).filter((other) => other.base === own.base);
  // One that was about to when it died goes on.
  const next = own.merging?.base === base ? own.branch : nextInLine(line, base, context.now());
  if (next === own.branch) return mergeBase(context, run, { repository, config, own, pull, base });
  const { repository: id, branch } = own;
  if (next === undefined) await jobs.wake({ kind: "pull", repository: id, branch }, context.now() + LOOK_AGAIN);
  else await jobs.enqueue({ kind: "pull", repository: id, branch: next });
}

/** The edits derived on the base as it is now, in a merge of it. Like every head, it is on record before the branch moves. */
async function mergeBase(
  context: Context,
  run: Run,
  { repository, config, own, pull, base }: Waiting & { readonly base: Sha },
): Promise<void> {
  const { branches } = context.github;
  const { repository: id, branch } = own;
  const derived = await deriveOn(context, repository, own.group, base);
  // What can no longer be derived, or is there already: the plan that comes with every push to the base knows what becomes of it.
  if (derived.state === "held" || derived.files.length === 0) return;
  const message = `Merge ${own.base} into ${commitMessage(own.group, config.commit.prefix)}`;
  const fact = {
    subject: pullSubject(own),
    transition: "base merged in",
    cause: `${pull.head} ${base}`,
    data: { base },
  };
  await act(
    context,
    run,
    fact,
    async () => {
      const commit = await branches.commit(repository, base, derived.files, message, pull.head);
      const merging = { head: commit, from: pull.head, base, at: context.now() };
      await context.store.pulls.update(id, branch, (fresh) => {
        return { ...fresh, heads: withHeads(fresh.heads, commit), merging };
      });
      await branches.move(repository, branch, pull.head, commit);
    },
    (tables) => tables.jobs.enqueue({ kind: "pull", repository: id, branch }),
  );
}

/** What a commit on the base, or on the policy repository, may end. */
const WAITING_FOR_BASE: ReadonlySet<ReasonCode> = new Set([
  ...(["behind-base", "dequeued", "mode-observe", "config-invalid", "config-unreadable"] as const),
]);

/**
 * Has those pulls looked at that wait for their base to move, or for another configuration, and for nothing else; and those in a
 * merge queue: the configuration may have changed since they went in.
 */
export async function wakeWaiting({ store }: Context, repository: RepositoryId): Promise<void> {
  for (const own of await store.pulls.list(repository)) {
    const { repository: id, branch, state, unmerged } = own;
    const waits = unmerged?.reasons.every(({ code }) => WAITING_FOR_BASE.has(code)) === true;
    if (state === "open" && (waits || isQueued(own.queue, headOf(own))))
      await store.jobs.enqueue({ kind: "pull", repository: id, branch });
  }
}
