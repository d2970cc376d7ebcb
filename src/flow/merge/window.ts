import { policyOf } from "../../config/merge.ts";
import { withPolicies } from "../../core/plan/group.ts";
import { strictestOf } from "../../core/policy/strictness.ts";
import { type Closed, closedNow, closesAt } from "../../core/policy/window.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { imageKey } from "../../core/reference.ts";
import { type Step, unlessClosed } from "../../core/rollout/next-step.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import type { Context } from "../context.ts";
import { heldBy } from "../plan/plan.ts";
import { currentReading } from "../read/config.ts";

/**
 * The step, unless it would start a deployment outside of its window, by the configuration of now: a freeze that was written
 * after the merge holds as well. Looked at only where something could start.
 */
export async function withinWindow(context: Context, rollout: Rollout, step: Step): Promise<Step> {
  const couldStart = rollout.phase === "waiting" && (step.act === "deploy" || rollout.aside === true);
  return couldStart ? unlessClosed(rollout, step, await closedFor(context, rollout)) : step;
}

/** A configuration that cannot be read may hold a freeze: without it nothing starts. */
async function closedFor(context: Context, { release }: Rollout): Promise<Closed | undefined> {
  const repository = await context.store.index.repository(release.repository);
  const reading = repository && (await currentReading(context, repository));
  if (reading === undefined) return undefined;
  const held = heldBy(reading.config, reading.problems);
  if (held !== undefined) return { reason: held };
  const decide = policyOf(reading.config);
  const pull = await context.store.pulls.byMerge(release.repository, release.merge);
  const policies = pull && withPolicies(pull.group, decide).updates.map(({ policy }) => policy);
  const { windows } = strictestOf(policies ?? [decide({ image: imageKey(release.image), path: "" })]);
  return closedNow(windows.deploy, context.now());
}

/** When a window of any of its updates closes, while all are open (milliseconds since the epoch). */
export function mergeCloses({ now }: Pick<Context, "now">, { group }: Pick<PullRecord, "group">): number | undefined {
  return closesAt(strictestOf(group.updates.map(({ policy }) => policy)).windows.merge, now());
}

/** Whether a window of any of its updates keeps a pull from being merged now, and until when. */
export function mergeClosed({ now }: Pick<Context, "now">, { group }: Pick<PullRecord, "group">): Closed | undefined {
  return closedNow(strictestOf(group.updates.map(({ policy }) => policy)).windows.merge, now());
}
