import type { Config } from "../config/load.ts";
import { policyOf } from "../config/merge.ts";
import { applyStep } from "../core/apply-step.ts";
import { campaignId } from "../core/campaign.ts";
import { withPolicies } from "../core/group.ts";
import { judge } from "../core/judge.ts";
import type { PullRecord } from "../core/pull.ts";
import { type Reason, reason, sentence } from "../core/reason.ts";
import type { PinnedImage } from "../core/reference.ts";
import { type Repository, type RepositoryId, repositoryKey, type Sha } from "../core/repository.ts";
import { isFinished, type Release, type Rollout } from "../core/rollout.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { gather } from "./evidence.ts";
import { notify } from "./notify.ts";
import { findRepository } from "./plan.ts";
import { currentConfig } from "./read.ts";
import { record } from "./record.ts";

/** On the ledger, of a release whose build is not to be deployed. */
export const REJECTED = "release rejected";

/**
 * Step 6: after the merge, finds the image that the default branch built, checks that it stands on the new base, scans it
 * again, and plans its rollouts. What does not pass is not deployed, and says so. With `mode: observe` nothing is.
 */
export async function releaseImage(context: Context, run: Run, id: RepositoryId, merge: Sha): Promise<void> {
  if ((await context.store.rollouts.release(id, merge)) !== undefined) return;
  const pull = await context.store.pulls.byMerge(id, merge);
  const repository = pull && (await findRepository(context, id));
  const config = repository && (await currentConfig(context, repository));
  if (pull === undefined || repository === undefined || config === undefined || config.mode === "observe") return;
  const own = { ...pull, group: withPolicies(pull.group, policyOf(config)) };
  const since = own.mergedAt ?? context.now();
  const subject = { sha: merge, branch: repository.defaultBranch, purpose: "release", since } as const;
  const gathered = await gather(context, repository, config, own, subject);
  if (gathered.retryAfter !== undefined) {
    const at = context.now() + gathered.retryAfter * 1000;
    return context.store.jobs.wake({ kind: "release", repository: id, merge }, at);
  }
  const verdict = judge(gathered.evidence);
  const [image] = gathered.built;
  if (verdict.state !== "pass" || image === undefined) {
    return reject(context, run, repository, config, merge, verdict.reasons);
  }
  await accept(context, run, repository, config, releaseOf(own, id, merge, image), own.mergedAt);
}

function releaseOf(pull: PullRecord, repository: RepositoryId, merge: Sha, image: PinnedImage): Release {
  const { registry, repository: path, digest } = image;
  const pinned = { registry, repository: path, digest };
  const [update] = pull.group.updates;
  const campaign = campaignId(pull.group.image, update?.to.digest ?? digest);
  return { repository, merge, image: pinned, reference: pinned, campaign };
}

async function accept(
  context: Context,
  run: Run,
  repository: Repository,
  config: Config,
  release: Release,
  mergedAt: number | undefined,
): Promise<void> {
  const rollouts = await withoutOutrun(context, mergedAt, planRollouts(context, repository, config, release));
  const { digest } = release.image;
  const data = { image: `${release.image.registry}/${release.image.repository}@${digest}`, targets: rollouts.length };
  await record(context, run, { subject: run.key, transition: "released", cause: digest, data }, async (tables) => {
    await tables.rollouts.saveRelease(release);
    for (const rollout of rollouts) {
      await supersede(context, tables, rollout);
      await tables.rollouts.save(rollout);
      await tables.jobs.enqueue({ kind: "target", target: rollout.target });
    }
    if (rollouts.length > 0) await tables.jobs.enqueue({ kind: "campaign", campaign: release.campaign });
  });
}

/** Builds may end in another order than their merges: a release never goes where one of a later merge is going already. */
async function withoutOutrun(
  { store }: Context,
  mergedAt: number | undefined,
  rollouts: readonly Rollout[],
): Promise<readonly Rollout[]> {
  const kept: Rollout[] = [];
  for (const rollout of rollouts) {
    const standing = await store.rollouts.current(rollout.target);
    const later = standing && (await store.pulls.byMerge(standing.release.repository, standing.release.merge));
    if (mergedAt === undefined || (later?.mergedAt ?? 0) <= mergedAt) kept.push(rollout);
  }
  return kept;
}

/** A target has one rollout at a time: an older one that has not ended gives way, and a campaign does not wait for it. */
async function supersede(context: Context, tables: Tables, { target, id }: Rollout): Promise<void> {
  const older = await tables.rollouts.current(target);
  if (older === undefined || older.id === id || isFinished(older)) return;
  const step = { act: "fail", reason: reason("superseded", id) } as const;
  await tables.rollouts.update(older.id, (fresh) =>
    isFinished(fresh) ? fresh : applyStep(fresh, step, context.now()),
  );
}

async function reject(
  context: Context,
  run: Run,
  repository: Repository,
  config: Config,
  merge: Sha,
  reasons: readonly Reason[],
): Promise<void> {
  const why = reasons.map(sentence).join("; ");
  await notify(context, run, config, {
    key: `${run.key} rejected`,
    title: `${repository.owner}/${repository.name}: the release of ${merge.slice(0, 7)} is not deployed`,
    text: why,
  });
  await record(context, run, { subject: run.key, transition: REJECTED, cause: merge, data: { why } });
}

/** One rollout per target that configuration names and the operator grants, in the order of the configuration. */
function planRollouts(context: Context, repository: Repository, config: Config, release: Release): readonly Rollout[] {
  return config.deploy.flatMap(({ environment, after, soak }) =>
    context.operation.targets(repository, environment).map((target) => ({
      id: `${repositoryKey(repository)}/${environment}/${target.name}@${release.merge.slice(0, 12)}`,
      target,
      release,
      phase: "waiting" as const,
      since: context.now(),
      attempt: 0,
      granted: false,
      soak,
      ...(after !== undefined && { after }),
    })),
  );
}
