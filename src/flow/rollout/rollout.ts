import { AppError } from "../../core/errors.ts";
import type { Fact } from "../../core/ledger.ts";
import { sentence } from "../../core/reason.ts";
import type { Digest } from "../../core/reference.ts";
import { applyStep } from "../../core/rollout/apply-step.ts";
import { DEFAULT_CAMPAIGN, grantStarts, rolloutBefore } from "../../core/rollout/campaign.ts";
import { lookAgain, SOONEST } from "../../core/rollout/look-again.ts";
import { nextStep, type Step, type Waiting } from "../../core/rollout/next-step.ts";
import {
  deploymentKey,
  hadToGoBack,
  isFinished,
  knownDigests,
  type Release,
  type Rollout,
  type Target,
} from "../../core/rollout/rollout.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { withinWindow } from "../merge/window.ts";
import { pausedReason } from "../pause/pause.ts";
import { act, assertCurrent, finish, record } from "../record.ts";
import { quarantine } from "../release/quarantine.ts";
import { announce } from "./announce.ts";
import { forgottenOf } from "./forgotten.ts";
import { verify } from "./verify.ts";

/** Step 7: does the next thing for one target, by what the target itself says it runs. */
export async function advanceRollout(context: Context, run: Run, target: Target): Promise<void> {
  const rollout = await context.store.rollouts.current(target);
  const isOurs = (await context.store.index.repository(target.repository)) !== undefined;
  if (rollout === undefined || !isOurs) return;
  if (isFinished(rollout)) return announce(context, run, rollout);
  const observed = await context.deployer.observe(target, deploymentKey(rollout));
  if (observed.deployment !== "none") await finish(context, run, deployedFact(run, rollout));
  const campaign = await context.store.rollouts.ofCampaign(rollout.release.campaign);
  const afterState = rolloutBefore(rollout, campaign);
  const forgotten = await forgottenOf(context.store.ledger, rollout.release.campaign);
  const { halted } = grantStarts(campaign, DEFAULT_CAMPAIGN, undefined, forgotten);
  const paused = await pausedReason(context.store.ledger, target.repository);
  const step = nextStep(rollout, observed, { now: context.now(), afterState, halted, paused });
  const decided = step.act === "confirm" ? await verify(context, rollout, observed) : step;
  await take(context, run, rollout, await withinWindow(context, rollout, decided));
}

/** Does what a step says, and writes what became of the rollout. */
async function take(context: Context, run: Run, rollout: Rollout, step: Step): Promise<void> {
  switch (step.act) {
    case "none":
      return;
    case "wait":
    case "doubt":
      return keepWaiting(context, run, rollout, step);
    case "deploy":
      return deploy(context, run, rollout, step, rollout.release);
    case "rollback":
      return rollBack(context, run, rollout, step);
    default:
      return settle(context, run, rollout, step);
  }
}

/** Starts a deployment. The rollout is saved first, so that a crash in between finds the same step, under the same key. */
async function deploy(context: Context, run: Run, rollout: Rollout, step: Step, release: Release): Promise<void> {
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
      const key = deploymentKey(started);
      const answer = await context.deployer.deploy(rollout.target, release, knownDigests(started), key);
      // The next look finds what runs there instead, and core decides on it.
      if (answer === "conflict") throw new AppError("CONFLICT", `${run.key} runs something else`);
    },
    (tables) => tables.jobs.wake({ kind: "target", target: rollout.target }, context.now() + SOONEST),
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
  return deploy(context, run, rollout, step, await releaseOf(context, rollout, step.previous));
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

/**
 * What needs no deployment: the phase moves, the ledger says why, and the target is looked at again for what comes next. That
 * may be to announce the end: not before it is written, since until then a newer release may have taken its place.
 */
async function settle(context: Context, run: Run, rollout: Rollout, step: Step): Promise<void> {
  const next = applyStep(rollout, step, context.now());
  const why = "reason" in step ? { why: sentence(step.reason) } : {};
  const data = { image: rollout.release.image.digest, ...why };
  const fact = { subject: run.key, transition: next.phase, cause: deploymentKey(rollout), data };
  await record(context, run, fact, async (tables) => {
    await advance(context, tables, rollout, step);
    if (isFinished(next) && hadToGoBack(next)) await quarantine(tables, next);
    await tables.jobs.enqueue({ kind: "target", target: next.target });
  });
}

/** Waits for an event, and looks again anyway: one may be lost, and of a target's health none tells. */
async function keepWaiting(context: Context, run: Run, rollout: Rollout, step: Waiting): Promise<void> {
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await advance(context, tables, rollout, step);
    const at = lookAgain(rollout, step, context.now());
    if (at !== undefined) await tables.jobs.wake({ kind: "target", target: rollout.target }, at);
    // Whoever gives its turn back makes room for another, and who wants one again has to be given it.
    const isAside = step.act === "wait" && step.aside === true;
    if (isAside !== (rollout.aside === true)) {
      await tables.jobs.enqueue({ kind: "campaign", campaign: rollout.release.campaign });
    }
  });
}
