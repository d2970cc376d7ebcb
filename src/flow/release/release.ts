import type { Config } from "../../config/config.ts";
import { policyOf } from "../../config/merge.ts";
import { isBuilt, withPolicies } from "../../core/plan/group.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { type Reason, type ReasonCode, reason, sentence } from "../../core/reason.ts";
import type { PinnedImage } from "../../core/reference.ts";
import { type Repository, type RepositoryId, repositoryKey, type Sha } from "../../core/repository.ts";
import { campaignId } from "../../core/rollout/campaign.ts";
import { hadToGoBack, type Release, type Rollout } from "../../core/rollout/rollout.ts";
import { giveWay, succeed } from "../../core/rollout/succession.ts";
import { judge } from "../../core/verdict/judge.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { gather } from "../gate/evidence.ts";
import { findRepository } from "../plan/plan.ts";
import { currentConfig } from "../read/config.ts";
import { record } from "../record.ts";
import { notify } from "../rollout/notify.ts";
import { quarantine } from "./quarantine.ts";

/** On the ledger, of a release whose build is not to be deployed. */
export const REJECTED = "release rejected";

/** What ends without the repository's doing: by itself, or by the operator's. */
const PASSING: ReadonlySet<ReasonCode> = new Set(["scan-unavailable", "permission-missing", "paused"]);
/** Milliseconds between two looks at a release that waits for the operator. */
const LOOK_AGAIN = 600_000;
/** How long GitHub may take to list the run of a push, in milliseconds. */
const PUSH_LISTED = 60_000;

/**
 * Step 6: after the merge, finds the image that the default branch built, checks that it stands on the new base, scans it
 * again, and plans its rollouts. What does not pass is not deployed, and says so. With `mode: observe` nothing is.
 */
export async function releaseImage(context: Context, run: Run, id: RepositoryId, merge: Sha): Promise<void> {
  if ((await context.store.rollouts.release(id, merge)) !== undefined) return;
  const pull = await context.store.pulls.byMerge(id, merge);
  // What runs as it is has no release of ours: whatever deploys it takes it from the base branch.
  if (pull !== undefined && !isBuilt(pull.group)) return;
  const repository = pull && (await findRepository(context, id));
  const config = repository && (await currentConfig(context, repository));
  if (pull === undefined || repository === undefined || config === undefined || config.mode === "observe") return;
  // What another line builds is nobody's to deploy here.
  if (pull.base !== repository.defaultBranch) return;
  const own = { ...pull, group: withPolicies(pull.group, policyOf(config)) };
  const since = own.mergedAt ?? context.now();
  const subject = {
    sha: merge,
    branch: repository.defaultBranch,
    purpose: "release",
    since,
    startAfter: since + PUSH_LISTED,
    again: false,
  } as const;
  const gathered = await gather(context, run, repository, config, own, subject);
  if (gathered.retryAfter !== undefined) {
    const at = context.now() + gathered.retryAfter * 1000;
    return context.store.jobs.wake({ kind: "release", repository: id, merge }, at);
  }
  const verdict = judge(gathered.evidence);
  const [image] = gathered.built;
  if (verdict.state === "pass" && image !== undefined) {
    return accept(context, run, repository, config, releaseOf(own, id, merge, image), own.mergedAt);
  }
  const place = { repository, config, merge };
  const isPassing = verdict.state === "held" && verdict.reasons.every(({ code }) => PASSING.has(code));
  if (isPassing) return hold(context, run, place, verdict.reasons);
  const isLeftBehind = verdict.reasons.some(({ code }) => code === "branch-moved");
  if (isLeftBehind && (await isOvertaken(context, own)))
    return recordRejected(context, run, merge, [reason("superseded")]);
  return reject(context, run, place, verdict.reasons);
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
      await tables.rollouts.save(await supersede(context, tables, rollout));
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

/**
 * Lets the target's older rollout give way, and answers with the newer one, which knows then what may run. It does not wait
 * for the older to end: that may take hours, and the fix that it brings may be the remedy.
 */
async function supersede(context: Context, tables: Tables, rollout: Rollout): Promise<Rollout> {
  const standing = await tables.rollouts.current(rollout.target);
  if (standing === undefined || standing.id === rollout.id) return rollout;
  const older = await tables.rollouts.update(standing.id, (fresh) => giveWay(fresh, rollout.id, context.now()));
  if (older === undefined) return rollout;
  if (hadToGoBack(older)) await quarantine(tables, older);
  await tables.jobs.enqueue({ kind: "campaign", campaign: older.release.campaign });
  return succeed(rollout, older);
}

/** A merge whose release is told of. */
interface Place {
  readonly repository: Repository;
  readonly config: Config;
  readonly merge: Sha;
}

/** Waits for what an outage's end or the operator brings; a rejection would be for ever. */
async function hold(context: Context, run: Run, place: Place, reasons: readonly Reason[]): Promise<void> {
  await tell(context, run, place, "waits", reasons);
  const job = { kind: "release", repository: place.repository, merge: place.merge } as const;
  await context.store.jobs.wake(job, context.now() + LOOK_AGAIN);
}

async function reject(context: Context, run: Run, place: Place, reasons: readonly Reason[]): Promise<void> {
  await tell(context, run, place, "is not deployed", reasons);
  await recordRejected(context, run, place.merge, reasons);
}

async function recordRejected(context: Context, run: Run, merge: Sha, reasons: readonly Reason[]): Promise<void> {
  const data = { why: reasons.map(sentence).join("; ") };
  await record(context, run, { subject: run.key, transition: REJECTED, cause: merge, data });
}

async function tell(
  context: Context,
  run: Run,
  { repository, config, merge }: Place,
  end: "waits" | "is not deployed",
  reasons: readonly Reason[],
): Promise<void> {
  await notify(context, run, config, {
    key: `${run.key} ${end === "waits" ? "waits" : "rejected"}`,
    title: `${repository.owner}/${repository.name}: the release of ${merge.slice(0, 7)} ${end}`,
    text: reasons.map(sentence).join("; "),
  });
}

/** Whether a later merge of ours brings what this one brought: the default branch holds both. */
async function isOvertaken({ store }: Context, { repository, base, merge, mergedAt }: PullRecord): Promise<boolean> {
  const pulls = (await store.pulls.list(repository)).filter((one) => one.base === base);
  return pulls.some((later) => later.merge !== merge && (later.mergedAt ?? 0) > (mergedAt ?? Number.POSITIVE_INFINITY));
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
