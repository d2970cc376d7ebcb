import type { Job } from "../core/job.ts";
import { type Priority, PUSH } from "../core/write/priority.ts";
import type { Jobs } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { findConversation } from "./conversation/conversation.ts";
import { answerPull } from "./gate/answer.ts";
import { gatePull } from "./gate/gate.ts";
import { scanNext } from "./gate/scan-next.ts";
import { lookAtRepository } from "./look/look.ts";
import { mergePull } from "./merge/merge.ts";
import { answerGroup } from "./merge/merge-group.ts";
import { pausable } from "./pause/pausing.ts";
import { releaseImage } from "./release/release.ts";
import { reportOrganisation } from "./report/report.ts";
import { advanceCampaign } from "./rollout/campaign.ts";
import { advanceRollout } from "./rollout/rollout.ts";
import { sweep, watchEverything } from "./sweep.ts";
import { watchImage } from "./watch/watch.ts";
import { inTurn } from "./write-turn.ts";

/**
 * Does what a job is about, and queues what follows as urgently as the job itself: an event's whole way must not end behind
 * a sweep at its first step. What a sweep finds can wait, whoever asked for it; and a person waits for what they did, not
 * for all that follows.
 */
export async function runJob(context: Context, run: Run, job: Job): Promise<void> {
  const priority = job.kind === "sweep" || job.kind === "watch" ? 0 : Math.min(run.priority, PUSH);
  const store = inheriting(context.store, priority);
  const own = { ...context, store, github: pausable({ store, github: context.github }) };
  return inTurn(own, run, job, () => step(own, run, job));
}

/** The store, with a priority for the jobs that are queued through it. */
function inheriting(store: Store, own: Priority): Store {
  const inherit = (jobs: Jobs): Jobs => ({
    enqueue: (job, priority = own) => jobs.enqueue(job, priority),
    enqueueAll: (all, priority = own) => jobs.enqueueAll(all, priority),
    wake: (job, at, priority = own) => jobs.wake(job, at, priority),
  });
  return {
    ...store,
    jobs: inherit(store.jobs),
    transaction: (work) => store.transaction((tables) => work({ ...tables, jobs: inherit(tables.jobs) })),
  };
}

/** The steps of the pass, each from what the world says now. */
async function step(context: Context, run: Run, job: Job): Promise<void> {
  switch (job.kind) {
    case "sweep":
      return sweep(context);
    case "watch":
      return watchEverything(context);
    case "image":
      return watchImage(context, run, job.image);
    case "scan":
      return scanNext(context, run);
    case "repo":
      return lookAtRepository(context, run, job.repository);
    case "pull": {
      const gated = await gatePull(context, run, job.repository, job.branch);
      return gated && mergePull(context, run, gated);
    }
    case "group":
      return answerGroup(context, run, job.repository, job.branch);
    case "answer":
      return answerPull(context, run, job);
    case "conversation":
      return findConversation(context, job.repository, job.number);
    case "release":
      return releaseImage(context, run, job.repository, job.merge);
    case "target":
      return advanceRollout(context, run, job.target);
    case "report":
      return reportOrganisation(context, run, job);
    case "campaign":
      return advanceCampaign(context, run, job.campaign);
  }
}
