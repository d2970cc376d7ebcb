import { jobKey } from "../../core/job.ts";
import { repositoryKey } from "../../core/repository.ts";
import { DEFAULT_CAMPAIGN, grantStarts } from "../../core/rollout/campaign.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { Context, Run } from "../context.ts";
import { pausedReason } from "../pause/pause.ts";
import { record } from "../record.ts";
import { tell } from "./announce.ts";
import { forgottenOf } from "./forgotten.ts";

/** Step 7b: lets the next wave of a campaign start, or halts it when too many of its targets failed. */
export async function advanceCampaign(context: Context, run: Run, campaign: string): Promise<void> {
  const rollouts = await context.store.rollouts.ofCampaign(campaign);
  const paused = await pausedAmong(context, rollouts);
  const forgotten = await forgottenOf(context.store.ledger, campaign);
  const { grant, failed, halted } = grantStarts(rollouts, DEFAULT_CAMPAIGN, (one) => !paused.has(one), forgotten);
  if (halted) return halt(context, run, rollouts, failed);
  for (const rollout of grant) await letStart(context, run, rollout);
  await resume(context, rollouts);
}

/** Those whose account is paused. */
async function pausedAmong({ store }: Context, rollouts: readonly Rollout[]): Promise<ReadonlySet<Rollout>> {
  const paused = new Set<Rollout>();
  for (const own of Map.groupBy(rollouts, ({ target }) => target.repository.installation).values()) {
    const [first] = own;
    if (first === undefined || (await pausedReason(store.ledger, first.target.repository)) === undefined) continue;
    for (const rollout of own) paused.add(rollout);
  }
  return paused;
}

async function letStart(context: Context, run: Run, { id, target }: Rollout): Promise<void> {
  const subject = jobKey({ kind: "target", target });
  await record(context, run, { subject, transition: "granted", cause: id, data: {} }, async (tables) => {
    await tables.rollouts.update(id, (fresh) => ({ ...fresh, granted: true }));
    await tables.jobs.enqueue({ kind: "target", target });
  });
}

/** What a halt kept from starting, though it was granted before, looks again. */
async function resume({ store }: Context, rollouts: readonly Rollout[]): Promise<void> {
  for (const { phase, reason, target } of rollouts) {
    const isHalted = phase === "waiting" && reason?.code === "campaign-halted";
    if (isHalted) await store.jobs.enqueue({ kind: "target", target });
  }
}

/** What waits is told why it waits on, and the channels of who failed that others wait for them. */
async function halt(
  context: Context,
  run: Run,
  rollouts: readonly Rollout[],
  failed: readonly Rollout[],
): Promise<void> {
  const cause = failed
    .map(({ id }) => id)
    .sort()
    .join(" ");
  const waiting = rollouts.filter(({ phase }) => phase === "waiting");
  await record(context, run, { subject: run.key, transition: "halted", cause, data: {} }, async ({ jobs }) => {
    for (const { target } of waiting) await jobs.enqueue({ kind: "target", target });
  });
  const culprits = new Set(failed.map(repositoryOf));
  const others = new Set(waiting.map(repositoryOf).filter((repository) => !culprits.has(repository)));
  const [newest] = failed;
  if (newest === undefined || others.size === 0) return;
  await tell(context, run, newest.target.repository, () => ({
    key: `${run.key} halted`,
    title: `${newest.release.campaign} is halted: too many of its targets failed`,
    text: `${others.size} more of the repositories that are to get it wait. The image's next digest begins anew.`,
  }));
}

function repositoryOf({ target }: Rollout): string {
  return repositoryKey(target.repository);
}
