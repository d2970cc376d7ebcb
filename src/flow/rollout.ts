import { applyStep } from "../core/apply-step.ts";
import { grantStarts } from "../core/campaign.ts";
import { AppError } from "../core/errors.ts";
import { jobKey } from "../core/job.ts";
import type { Fact } from "../core/ledger.ts";
import { nextStep, type Step } from "../core/next-step.ts";
import { sentence } from "../core/reason.ts";
import type { Digest } from "../core/reference.ts";
import { deploymentKey, isFinished, type Release, type Rollout, type Target } from "../core/rollout.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { act, assertCurrent, finish, record } from "./record.ts";
import { announce, quarantine, verify } from "./verify.ts";

/** How soon to look again at something that no event may tell of, in milliseconds. */
const LOOK_AGAIN = 5_000;

/** Step 7: does the next thing for one target, by what the target itself says it runs. */
export async function advanceRollout(context: Context, run: Run, target: Target): Promise<void> {
  const rollout = await context.store.rollouts.current(target);
  if (rollout === undefined) return;
  const observed = await context.deployer.observe(target, deploymentKey(rollout));
  if (observed.deployment !== "none") await finish(context, run, deployedFact(run, rollout));
  const afterState = await stateBefore(context, rollout);
  const { halted } = grantStarts(await context.store.rollouts.campaign(rollout.release.campaign));
  const step = nextStep(rollout, observed, { now: context.now(), afterState, halted });
  const decided = step.act === "confirm" ? await verify(context, rollout, observed) : step;
  await take(context, run, rollout, decided, observed.deployment !== "none");
}

/** Does what a step says, and writes what became of the rollout. */
async function take(context: Context, run: Run, rollout: Rollout, step: Step, isDeployed: boolean): Promise<void> {
  switch (step.act) {
    case "none":
      return;
    case "wait":
      return saveWaiting(context, run, rollout, step);
    case "deploy":
      return deploy(context, run, rollout, step, rollout.release, step.previous);
    case "rollback":
      return rollBack(context, run, rollout, step);
    default:
      return settle(context, run, rollout, step, isDeployed);
  }
}

/** Starts a deployment. The rollout is saved first, so that a crash in between finds the same step, under the same key. */
async function deploy(
  context: Context,
  run: Run,
  rollout: Rollout,
  step: Step,
  release: Release,
  expect: Digest | undefined,
): Promise<void> {
  const started = applyStep(rollout, step, context.now());
  await record(
    context,
    run,
    { subject: run.key, transition: `${started.phase} begun`, cause: deploymentKey(started), data: {} },
    (tables) => advance(context, tables, rollout, step),
  );
  await act(
    context,
    run,
    deployedFact(run, started),
    async () => {
      const answer = await context.deployer.deploy(rollout.target, release, expect, deploymentKey(started));
      // The next look finds what runs there instead, and core decides on it.
      if (answer === "conflict") throw new AppError("CONFLICT", `${run.key} runs something else`);
    },
    (tables) => tables.jobs.wake({ kind: "target", target: rollout.target }, context.now() + LOOK_AGAIN),
  );
}

/** The deployment that the rollout's phase is about. */
function deployedFact({ key }: Run, rollout: Rollout): Fact {
  const { phase, previous, release } = rollout;
  const isRollback = phase === "rolling-back";
  const image = isRollback ? previous : release.image.digest;
  const transition = isRollback ? "rollback deployed" : "deployed";
  return { subject: key, transition, cause: deploymentKey(rollout), data: { image, ...(previous && { previous }) } };
}

async function rollBack(context: Context, run: Run, rollout: Rollout, step: Step & { act: "rollback" }): Promise<void> {
  const previous = await releaseOf(context, rollout, step.previous);
  return deploy(context, run, rollout, step, previous, rollout.release.image.digest);
}

async function releaseOf(context: Context, { target, release }: Rollout, digest: Digest): Promise<Release> {
  const known = await context.store.rollouts.releaseByDigest(target.repository, digest);
  // What ran before Oakum came was no release of ours; it is named by the same repository and its own digest.
  return known ?? { ...release, image: { ...release.image, digest }, reference: { ...release.image, digest } };
}

/** Takes the step on the rollout as it stands now: the campaign may have granted it its start in the meantime. */
async function advance(context: Context, tables: Tables, rollout: Rollout, step: Step): Promise<void> {
  await tables.rollouts.update(rollout.id, (fresh) => {
    if (fresh.phase !== rollout.phase) throw new AppError("CONFLICT", `rollout ${rollout.id} has moved on`);
    return applyStep(fresh, step, context.now());
  });
}

/** What needs no deployment: the phase moves, the ledger says why, and whoever waits for it is woken. */
async function settle(context: Context, run: Run, rollout: Rollout, step: Step, isDeployed: boolean): Promise<void> {
  const next = applyStep(rollout, step, context.now());
  const why = "reason" in step ? { why: sentence(step.reason) } : {};
  const data = { image: rollout.release.image.digest, ...why };
  const fact = { subject: run.key, transition: next.phase, cause: deploymentKey(rollout), data };
  if (isFinished(next)) await announce(context, run, next, isDeployed);
  await record(context, run, fact, async (tables) => {
    await advance(context, tables, rollout, step);
    if (next.phase === "rolled-back") await quarantine(tables, next);
    await wakeOthers(tables, next);
    if (!isFinished(next)) await tables.jobs.enqueue({ kind: "target", target: next.target });
  });
}

/** The campaign decides who may start now, and the environments after this one look again. */
async function wakeOthers(tables: Tables, rollout: Rollout): Promise<void> {
  await tables.jobs.enqueue({ kind: "campaign", campaign: rollout.release.campaign });
  const others = await tables.rollouts.ofCampaign(rollout.release.campaign);
  for (const other of others) {
    const waits = other.after === rollout.target.environment && !isFinished(other);
    if (waits) await tables.jobs.enqueue({ kind: "target", target: other.target });
  }
}

async function saveWaiting(context: Context, run: Run, rollout: Rollout, step: Step & { act: "wait" }): Promise<void> {
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await advance(context, tables, rollout, step);
    if (rollout.phase === "waiting" && step.until === undefined) return;
    const at = Math.min(step.until ?? Number.POSITIVE_INFINITY, context.now() + LOOK_AGAIN);
    await tables.jobs.wake({ kind: "target", target: rollout.target }, at);
  });
}

/** Of the environment before: the rollout that is furthest behind, of this repository's targets there. */
async function stateBefore(context: Context, rollout: Rollout): Promise<Rollout | undefined> {
  if (rollout.after === undefined) return undefined;
  const { repository } = rollout.target;
  const known = await context.store.rollouts.ofCampaign(rollout.release.campaign);
  const before = known.filter(
    ({ target, release }) =>
      target.environment === rollout.after &&
      target.repository.repository === repository.repository &&
      release.merge === rollout.release.merge,
  );
  return before.find(({ phase }) => phase !== "confirmed") ?? before[0];
}

/** Step 7b: lets the next wave of a campaign start, or halts it when too many of its targets failed. */
export async function advanceCampaign(context: Context, run: Run, campaign: string): Promise<void> {
  const { grant, halted } = grantStarts(await context.store.rollouts.campaign(campaign));
  const rollouts = await context.store.rollouts.ofCampaign(campaign);
  if (halted) return halt(context, run, rollouts);
  for (const rollout of rollouts) {
    const subject = jobKey({ kind: "target", target: rollout.target });
    if (!grant.includes(subject) || rollout.phase !== "waiting") continue;
    await record(context, run, { subject, transition: "granted", cause: rollout.id, data: {} }, async (tables) => {
      await tables.rollouts.update(rollout.id, (fresh) => ({ ...fresh, granted: true }));
      await tables.jobs.enqueue({ kind: "target", target: rollout.target });
    });
  }
}

/** What waits is told why it waits on. */
async function halt(context: Context, run: Run, rollouts: readonly Rollout[]): Promise<void> {
  const fact = { subject: run.key, transition: "halted", cause: failuresOf(rollouts), data: {} };
  await record(context, run, fact, async ({ jobs }) => {
    for (const { phase, target } of rollouts) if (phase === "waiting") await jobs.enqueue({ kind: "target", target });
  });
}

function failuresOf(rollouts: readonly Rollout[]): string {
  const failed = rollouts.filter(({ phase }) => phase === "failed" || phase === "rolled-back");
  return failed
    .map(({ id }) => id)
    .sort()
    .join(" ");
}
