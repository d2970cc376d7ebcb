import { confirm } from "../core/confirm.ts";
import type { Step } from "../core/next-step.ts";
import { sentence } from "../core/reason.ts";
import type { Digest, PinnedImage } from "../core/reference.ts";
import { deploymentKey, type Observed, type Rollout, type RolloutPhase } from "../core/rollout.ts";
import type { Gate, Scans } from "../core/verdict.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { strictest } from "./evidence.ts";
import { notify } from "./notify.ts";
import { readConfig, readTree } from "./read.ts";
import { act } from "./record.ts";
import { scanImage } from "./scan.ts";

/**
 * Step 8: the release runs and has soaked. Both it and what ran before are scanned again, with the advisories of now; core
 * says whether that confirms it.
 */
export async function verify(context: Context, rollout: Rollout, observed: Observed): Promise<Step> {
  return confirm(rollout, observed, context.now(), await scans(context, rollout), await gateOf(context, rollout));
}

async function scans(context: Context, { release, previous }: Rollout): Promise<Scans> {
  const after = await scanImage(context, release.image, 0);
  if (after.state !== "done") return after.state === "pending" ? { state: "pending" } : after;
  // A first deployment has nothing to be worse than: it is compared with itself, which the gate has judged already.
  const old: PinnedImage = previous === undefined ? release.image : { ...release.image, digest: previous };
  const before = await scanImage(context, old, 0);
  if (before.state !== "done") return before.state === "pending" ? { state: "pending" } : before;
  return { state: "done", before: before.value, after: after.value };
}

async function gateOf(context: Context, { release }: Rollout): Promise<Gate> {
  const pull = await context.store.pulls.byMerge(release.repository, release.merge);
  return pull === undefined ? { failOn: "high" } : strictest(pull).gate;
}

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

/** A release that had to go back takes its new base with it: it is not proposed to this repository again. */
export async function quarantine(tables: Tables, { release, id, reason: why }: Rollout): Promise<void> {
  const cause = `${id}: ${why === undefined ? "rolled back" : sentence(why)}`;
  await tables.quarantine.add(release.repository, release.image.digest, cause);
  const pull = await tables.pulls.byMerge(release.repository, release.merge);
  const bases = (pull?.group.updates ?? []).flatMap(({ to }): readonly Digest[] => (to.digest ? [to.digest] : []));
  for (const digest of bases) await tables.quarantine.add(release.repository, digest, cause);
}
