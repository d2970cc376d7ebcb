import type { Line } from "../../core/line.ts";
import type { Sha } from "../../core/repository.ts";
import { together } from "../../core/together.ts";
import type { Doubt } from "../../store/inverted-index.ts";
import type { Context, Run } from "../context.ts";
import { answerOpen } from "../gate/answer.ts";
import { ownPullsOf } from "../line-of-pull.ts";
import { pausedReason } from "../pause/pause.ts";
import { noteOutlook } from "../plan/outlook.ts";
import { planRepository, type RepositoryPlan, type Ruling } from "../plan/plan.ts";
import { wakeWaiting } from "../propose/catch-up.ts";
import { proposeUpdates } from "../propose/propose.ts";
import { survey } from "../propose/survey.ts";
import { reading } from "../read/policy.ts";
import { isReported, reportConfig } from "../report/config.ts";
import { reportRules } from "../report/rules.ts";

/** Milliseconds in which GitHub may still name a head from before a push that it told us of. */
const SETTLING = 60_000;
const NO_COMMIT = "0".repeat(40);

/** Plans a line at a commit, and keeps what that comes to. */
export async function planLine(
  context: Context,
  run: Run,
  line: Line,
  commit: Sha,
  ruling?: Ruling,
): Promise<RepositoryPlan> {
  const planOf = () => planRepository(context, run, line, commit, ruling);
  // What a policy says is said by its default branch.
  const planned = await (line.base === undefined ? reading(context, line, planOf) : planOf());
  await noteOutlook(context, run, planned);
  return planned;
}

/** Whether there is anything to do for a line, or of ours to look after. */
export async function hasWork(context: Context, run: Run, planned: RepositoryPlan): Promise<boolean> {
  const { repository, plan } = planned;
  if (plan.groups.length > 0) return true;
  if (repository.base === undefined && !(await isReported(context, run, planned))) return true;
  return (await ownPullsOf(context.store, repository)).some(({ state }) => state === "open");
}

/** Does what there is to do for a line, as it was planned at the head that GitHub names now. */
export async function act(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository } = planned;
  // The configuration is of the default branch, and so are its faults.
  if (repository.base === undefined) await reportConfig(context, run, planned);
  // What an App cannot do anyway, no rule keeps it from.
  const mayWrite = planned.held?.code !== "permission-missing";
  const [rules, surveyed] = await together([
    mayWrite ? reportRules(context, run, planned) : undefined,
    survey(context, planned),
  ]);
  if (surveyed !== undefined) await proposeUpdates(context, run, planned, surveyed);
  await wakeWaiting(context, repository);
  if (rules !== undefined) await answerOpen(context, repository, rules);
}

/**
 * GitHub was asked. That it does not name the commit that was pushed means that another push came after, or that it is
 * behind itself: so it is asked once more when that has passed.
 */
export async function settle(
  { store, now }: Context,
  repository: Line,
  doubt: Doubt,
  head: Sha | undefined,
): Promise<void> {
  // What could not be done while paused is done when that ends.
  if ((await pausedReason(store.ledger, repository)) !== undefined) return;
  const isSeen = !/^[0-9a-f]{40}$/.test(doubt.cause) || doubt.cause === (head ?? NO_COMMIT);
  if (isSeen || now() >= doubt.since + SETTLING) return store.index.settle(repository, doubt);
  await store.jobs.wake({ kind: "repo", repository }, doubt.since + SETTLING);
}
