import { jobKey } from "../job.ts";
import type { Digest, ImageName } from "../reference.ts";
import { repositoryKey } from "../repository.ts";
import { isFinished, type Rollout } from "./rollout.ts";

export interface CampaignRules {
  /** How many targets of an environment start first. */
  readonly canary: number;
  /** How many times as many start in each next wave; at least 1. */
  readonly growth: number;
  /** The share of an environment's finished targets, 0 to 1, beyond which failures halt the campaign. */
  readonly failureRatio: number;
}

/** One target first, then two, four, eight; a first that fails, or more than a quarter of all, halts. */
export const DEFAULT_CAMPAIGN: CampaignRules = { canary: 1, growth: 2, failureRatio: 0.25 };

/** The campaign that brings `to` to everything that stands on an image: the same for every repository. */
export function campaignId(image: ImageName, to: Digest): string {
  return `${image.registry}/${image.repository}@${to}`;
}

/** Whether a rollout that waits may start at all. One that may not holds up nobody. */
type MayStart = (rollout: Rollout) => boolean;

/** How a campaign stands. */
export interface CampaignState {
  /** The rollouts that may start now. */
  readonly grant: readonly Rollout[];
  /** Those that count as failures. */
  readonly failed: readonly Rollout[];
  /** Whether those are so many that nothing starts any more. */
  readonly halted: boolean;
}

/**
 * Which of a campaign's rollouts (newest first) may start now: for each environment its next wave, once every target of the
 * waves before has finished. Halted, when in any one environment too many of the finished ones failed or went back. Counted
 * by environment, since a failing canary in production weighs no less for all that went well in staging.
 * @param forgotten what counts of those that are not among them any more
 */
export function grantStarts(
  rollouts: readonly Rollout[],
  rules: CampaignRules = DEFAULT_CAMPAIGN,
  mayStart: MayStart = () => true,
  forgotten: readonly Tally[] = [],
): CampaignState {
  const standing = standingOf(rollouts);
  const environments = [...Map.groupBy(standing, ({ target }) => target.environment).values()];
  const failed = standing.filter(hasFailed);
  const failsTooOften = ({ ended, failed: count }: Tally) => count > ended * rules.failureRatio;
  if (tallyOf(rollouts, forgotten).some(failsTooOften)) return { grant: [], failed, halted: true };
  return { grant: environments.flatMap((members) => nextWave(members, rules, mayStart)), failed, halted: false };
}

/** How many targets of an environment have ended, and how many of these failed or went back. */
export interface Tally {
  readonly environment: string;
  readonly ended: number;
  readonly failed: number;
}

/** The rollouts of one campaign (newest first) as they count, beside others. */
export function tallyOf(rollouts: readonly Rollout[], others: readonly Tally[] = []): readonly Tally[] {
  const standing = Map.groupBy(standingOf(rollouts), ({ target }) => target.environment);
  const names = new Set([...standing.keys(), ...others.map(({ environment }) => environment)]);
  return [...names].map((environment) => {
    const own = standing.get(environment) ?? [];
    const other = others.find((one) => one.environment === environment) ?? { ended: 0, failed: 0 };
    return {
      environment,
      ended: other.ended + own.filter(isFinished).length,
      failed: other.failed + own.filter(hasFailed).length,
    };
  });
}

/**
 * The rollout of the same release, in the environment that must be confirmed before, that is furthest behind; `rollouts`
 * are all of the campaign, newest first.
 */
export function rolloutBefore({ after, target, release }: Rollout, rollouts: readonly Rollout[]): Rollout | undefined {
  const repository = repositoryKey(target.repository);
  const before = rollouts.filter(
    (other) =>
      other.target.environment === after &&
      repositoryKey(other.target.repository) === repository &&
      other.release.merge === release.merge,
  );
  return before.find(({ phase }) => phase !== "confirmed") ?? before[0];
}

/** A target that got a newer release within the campaign counts once, as it stands now. */
function standingOf(rollouts: readonly Rollout[]): readonly Rollout[] {
  return [...Map.groupBy(rollouts, targetKey).values()].flatMap((ofTarget) => ofTarget.slice(0, 1)).filter(counts);
}

function targetKey({ target }: Rollout): string {
  return jobKey({ kind: "target", target });
}

/** A rollout that gave way to a newer release says nothing about its campaign. */
function counts({ reason }: Rollout): boolean {
  return reason?.code !== "superseded";
}

function hasFailed({ phase }: Rollout): boolean {
  return phase === "failed" || phase === "rolled-back";
}

function nextWave(all: readonly Rollout[], rules: CampaignRules, mayStart: MayStart): readonly Rollout[] {
  const rollouts = all.filter((rollout) => rollout.phase !== "waiting" || mayStart(rollout));
  const granted = rollouts.filter((rollout) => rollout.granted);
  if (!granted.every(isFinished)) return [];
  const waiting = rollouts.filter((rollout) => !rollout.granted && !isFinished(rollout) && rollout.aside !== true);
  const inOrder = waiting.toSorted((one, other) => (targetKey(one) < targetKey(other) ? -1 : 1));
  return inOrder.slice(0, waveEnd(granted.length, rules) - granted.length);
}

/** How many targets the waves hold together, up to and including the first that is not full with `granted` of them. */
function waveEnd(granted: number, { canary, growth }: CampaignRules): number {
  let size = Math.max(1, Math.floor(canary));
  let end = size;
  while (end <= granted) {
    size = Math.max(size, Math.ceil(size * growth));
    end += size;
  }
  return end;
}
