import type { Job } from "../core/job.ts";
import type { Context, Run } from "./context.ts";
import { gatePull } from "./gate.ts";
import { mergePull } from "./merge.ts";
import { planRepository } from "./plan.ts";
import { proposeUpdates } from "./propose.ts";
import { releaseImage } from "./release.ts";
import { reportConfig } from "./report-config.ts";
import { advanceCampaign, advanceRollout } from "./rollout.ts";
import { sweep } from "./sweep.ts";
import { watchImage } from "./watch.ts";

/** Does what a job is about: the steps of the pass, each from what the world says now. */
export async function runJob(context: Context, run: Run, job: Job): Promise<void> {
  switch (job.kind) {
    case "sweep":
      return sweep(context);
    case "image":
      return watchImage(context, run, job.image);
    case "repo": {
      const planned = await planRepository(context, run, job.repository);
      if (planned === undefined) return;
      await reportConfig(context, run, planned);
      return proposeUpdates(context, run, planned);
    }
    case "pull": {
      const gated = await gatePull(context, run, job.repository, job.branch);
      return gated && mergePull(context, run, gated);
    }
    case "release":
      return releaseImage(context, run, job.repository, job.merge);
    case "target":
      return advanceRollout(context, run, job.target);
    case "campaign":
      return advanceCampaign(context, run, job.campaign);
  }
}
