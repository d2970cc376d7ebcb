import { z } from "zod";
import { jobKey } from "../../core/job.ts";
import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import { type Tally, tallyOf } from "../../core/rollout/campaign.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { Ledger } from "../../store/ledger.ts";

const FORGOTTEN = "members forgotten";
const count = z.int().min(0);
const tallies = z.array(z.strictObject({ environment: z.string(), ended: count, failed: count }));

/** What counts in a campaign of the rollouts of repositories that are forgotten: a purge must not lift a halt. */
export async function forgottenOf(ledger: Pick<Ledger, "newest">, campaign: string): Promise<readonly Tally[]> {
  const entry = await ledger.newest(subjectOf(campaign), FORGOTTEN);
  return tallies.safeParse(entry?.data.environments).data ?? [];
}

/** Writes down what counts of a repository's rollouts in their campaigns, before they are deleted. Names of it are not kept. */
export async function rememberRollouts(
  ledger: Ledger,
  repository: RepositoryId,
  rollouts: readonly Rollout[],
  now: number,
): Promise<void> {
  for (const [campaign, own] of Map.groupBy(rollouts, ({ release }) => release.campaign)) {
    const environments = tallyOf(own, await forgottenOf(ledger, campaign));
    const cause = `${repositoryKey(repository)} ${own.length}`;
    await ledger.append({ subject: subjectOf(campaign), transition: FORGOTTEN, cause, data: { environments } }, now);
  }
}

function subjectOf(campaign: string): string {
  return jobKey({ kind: "campaign", campaign });
}
