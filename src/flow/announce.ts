import { sentence } from "../core/reason.ts";
import { deploymentKey, type Rollout, type RolloutPhase } from "../core/rollout.ts";
import type { Context, Run } from "./context.ts";
import { notify } from "./notify.ts";
import { readConfig, readTree } from "./read.ts";
import { act } from "./record.ts";

/** Says on the target's own record, when there is one, and to the channels how the rollout ended, once. */
export async function announce(context: Context, run: Run, rollout: Rollout, isDeployed: boolean): Promise<void> {
  const confirmed = rollout.phase === "confirmed";
  const { digest } = rollout.release.image;
  const why = rollout.reason === undefined ? rollout.phase : sentence(rollout.reason);
  const words = confirmed ? `verified: runs ${digest.slice(0, 19)}, healthy, scanned again` : why;
  const key = deploymentKey(rollout);
  const fact = { subject: run.key, transition: "reported", cause: `${key} ${rollout.phase}`, data: { words } };
  if (isDeployed) {
    await act(
      context,
      run,
      fact,
      () => context.deployer.report(rollout.target, key, confirmed, words),
      async () => {},
    );
  }
  await tell(context, run, rollout, words);
}

/** By the channels that the configuration names now. */
async function tell(context: Context, run: Run, { id, target, phase }: Rollout, words: string): Promise<void> {
  const repository = await context.store.index.repository(target.repository);
  const head = repository && (await context.github.trees.head(repository, repository.defaultBranch));
  if (repository === undefined || head === undefined) return;
  const { config } = await readConfig(context, repository, await readTree(context, repository, head));
  const title = `${repository.owner}/${repository.name}, ${target.environment}: ${ENDINGS[phase] ?? phase}`;
  await notify(context, run, config, { key: `${id} ${phase}`, title, text: words });
}

const ENDINGS: Readonly<Partial<Record<RolloutPhase, string>>> = {
  confirmed: "the release is confirmed",
  "rolled-back": "rolled back to what ran before",
  failed: "the rollout failed",
};
