import { sentence } from "../../core/reason.ts";
import type { Repository, RepositoryId } from "../../core/repository.ts";
import { deploymentKey, isFinished, type Rollout, type RolloutPhase } from "../../core/rollout/rollout.ts";
import type { Notice } from "../../notifier/notifier.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { currentConfig } from "../read/config.ts";
import { act } from "../record.ts";
import { notify } from "./notify.ts";

/**
 * Says how a rollout ended, to the channels and on its deployment, when there is one; then lets go on whoever waited for it.
 * Once: only when all of it is done does the ledger say so.
 */
export async function announce(context: Context, run: Run, rollout: Rollout): Promise<void> {
  const { phase, release, target } = rollout;
  const isConfirmed = phase === "confirmed";
  const why = rollout.reason === undefined ? phase : sentence(rollout.reason);
  const words = isConfirmed ? `verified: runs ${release.image.digest.slice(0, 19)}, healthy, scanned again` : why;
  const key = deploymentKey(rollout);
  const fact = { subject: run.key, transition: "reported", cause: `${key} ${phase}`, data: { words } };
  if ((await context.store.ledger.find(fact.subject, fact.transition, fact.cause)) !== undefined) return;
  await tell(context, run, target.repository, ({ owner, name }) => ({
    key: `${rollout.id} ${phase}`,
    title: `${owner}/${name}, ${target.environment}: ${ENDINGS[phase] ?? phase}`,
    text: words,
  }));
  const report = () => context.deployer.report(target, key, isConfirmed, words);
  await act(context, run, fact, report, (tables) => wakeOthers(tables, rollout));
}

/** The campaign decides who may start now, and the environments after this one look again. */
async function wakeOthers(tables: Tables, { release, target }: Rollout): Promise<void> {
  await tables.jobs.enqueue({ kind: "campaign", campaign: release.campaign });
  for (const other of await tables.rollouts.ofCampaign(release.campaign)) {
    const waits = other.after === target.environment && !isFinished(other);
    if (waits) await tables.jobs.enqueue({ kind: "target", target: other.target });
  }
}

/** By the channels that the configuration of a repository names now. */
export async function tell(
  context: Context,
  run: Run,
  id: RepositoryId,
  noticeOf: (repository: Repository) => Notice,
): Promise<void> {
  const repository = await context.store.index.repository(id);
  const config = repository && (await currentConfig(context, repository));
  if (repository === undefined || config === undefined) return;
  await notify(context, run, config, noticeOf(repository));
}

const ENDINGS: Readonly<Partial<Record<RolloutPhase, string>>> = {
  confirmed: "the release is confirmed",
  "rolled-back": "rolled back to what ran before",
  failed: "the rollout failed",
};
