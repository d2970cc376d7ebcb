import { type CampaignState, grantStarts } from "../core/campaign.ts";
import { jobKey } from "../core/job.ts";
import type { Rollout } from "../core/rollout.ts";
import type { Context, Run } from "./context.ts";
import { record } from "./record.ts";

/** Step 7b: lets the next wave of a campaign start, or halts it when too many of its targets failed. */
export async function advanceCampaign(context: Context, run: Run, campaign: string): Promise<void> {
  const rollouts = await context.store.rollouts.ofCampaign(campaign);
  const state = grantStarts(rollouts);
  if (state.halted) return halt(context, run, rollouts, state);
  for (const rollout of state.grant) await grant(context, run, rollout);
}

async function grant(context: Context, run: Run, { id, target }: Rollout): Promise<void> {
  const subject = jobKey({ kind: "target", target });
  await record(context, run, { subject, transition: "granted", cause: id, data: {} }, async (tables) => {
    await tables.rollouts.update(id, (fresh) => ({ ...fresh, granted: true }));
    await tables.jobs.enqueue({ kind: "target", target });
  });
}

/** What waits is told why it waits on. */
async function halt(
  context: Context,
  run: Run,
  rollouts: readonly Rollout[],
  { failed }: CampaignState,
): Promise<void> {
  const cause = failed
    .map(({ id }) => id)
    .sort()
    .join(" ");
  await record(context, run, { subject: run.key, transition: "halted", cause, data: {} }, async ({ jobs }) => {
    for (const { phase, target } of rollouts) if (phase === "waiting") await jobs.enqueue({ kind: "target", target });
  });
}
