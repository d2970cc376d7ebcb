import type { Job } from "../core/job.ts";
import type { Urgency } from "../core/policy/policy.ts";
import { urgencyOfGroup } from "../core/pull/pull.ts";
import type { RepositoryId } from "../core/repository.ts";
import { PERSON } from "../core/write/priority.ts";
import type { WriteRank } from "../core/write/turn.ts";
import type { Context, Run } from "./context.ts";

/**
 * Writes that a job makes in a row at most, as test/flow/writes.test.ts counts them. `repo`: tree, commit, branch and pull
 * request. `pull`: a build, check run, body and labels; or check run, body and the merge. `target`: a deployment and its status.
 */
const WRITES = { repo: 4, pull: 4, group: 1, answer: 1, release: 1, target: 2 } as const;

/** Does a job in its turn among all that write to its installation; one that writes nowhere has none. */
export function inTurn(context: Context, run: Run, job: Job, work: () => Promise<void>): Promise<void> {
  switch (job.kind) {
    case "repo":
      return takeTurn(context, run, { ...job, writes: WRITES.repo, urgency: async () => "normal" }, work);
    case "pull":
      return takeTurn(context, run, { ...job, writes: WRITES.pull, urgency: () => ofPull(context, job) }, work);
    // People wait for these, and a queue for the first: their own changes, not ours.
    case "group":
      return takeTurn(context, run, { ...job, writes: WRITES.group, urgency: async () => "critical" }, work);
    case "answer": {
      const rank = job.outside ? "outside" : "critical";
      return takeTurn(context, run, { ...job, writes: WRITES.answer, urgency: async () => rank }, work);
    }
    case "release":
      return takeTurn(context, run, { ...job, writes: WRITES.release, urgency: () => ofMerge(context, job) }, work);
    case "target": {
      const { repository } = job.target;
      const urgency = async () => {
        const rollout = await context.store.rollouts.current(job.target);
        return rollout === undefined ? "normal" : ofMerge(context, { repository, merge: rollout.release.merge });
      };
      return takeTurn(context, run, { repository, writes: WRITES.target, urgency }, work);
    }
    default:
      return work();
  }
}

/** Does one act for one group, in its own turn within the job's: as urgent as what it proposes. */
export function inTurnOf(
  context: Context,
  run: Run,
  repository: RepositoryId,
  urgency: Urgency,
  work: () => Promise<void>,
): Promise<void> {
  return takeTurn(context, run, { repository, writes: WRITES.repo, urgency: async () => urgency }, work);
}

interface Wish {
  readonly repository: RepositoryId;
  readonly writes: number;
  urgency(): Promise<WriteRank>;
}

function takeTurn(
  context: Context,
  { key, priority }: Run,
  { repository, writes, urgency }: Wish,
  work: () => Promise<void>,
): Promise<void> {
  const awaited = priority >= PERSON;
  return context.github.writes.turn({ key, repository, writes, awaited, urgency }, work);
}

async function ofPull({ store }: Context, { repository, branch }: Job & { kind: "pull" }): Promise<Urgency> {
  const own = await store.pulls.get(repository, branch);
  return own === undefined ? "normal" : urgencyOfGroup(own.group);
}

async function ofMerge(
  { store }: Context,
  { repository, merge }: { readonly repository: RepositoryId; readonly merge: string },
): Promise<Urgency> {
  const own = await store.pulls.byMerge(repository, merge);
  return own === undefined ? "normal" : urgencyOfGroup(own.group);
}
