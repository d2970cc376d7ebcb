import type { Digest, ImageName } from "./reference.ts";
import { isFinished, type RolloutPhase } from "./rollout.ts";

/** One update across the organisation, as its targets stand now. */
export interface CampaignTarget {
  readonly key: string;
  readonly environment: string;
  readonly phase: RolloutPhase;
  readonly granted: boolean;
}

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

/**
 * The keys of the targets that may start now: for each environment its next wave, once every target of the waves before has
 * finished. Halted, when in any one environment too many of the finished ones failed or went back: then nothing starts
 * any more. Counted by environment, since a failing canary in production weighs no less for all that went well in staging.
 */
export function grantStarts(
  targets: readonly CampaignTarget[],
  rules: CampaignRules = DEFAULT_CAMPAIGN,
): { readonly grant: readonly string[]; readonly halted: boolean } {
  const environments = [...Map.groupBy(targets, ({ environment }) => environment).values()];
  if (environments.some((members) => failsTooOften(members, rules))) return { grant: [], halted: true };
  return { grant: environments.flatMap((members) => nextWave(members, rules)), halted: false };
}

function failsTooOften(targets: readonly CampaignTarget[], { failureRatio }: CampaignRules): boolean {
  const failed = targets.filter(({ phase }) => phase === "failed" || phase === "rolled-back").length;
  const finished = failed + targets.filter(({ phase }) => phase === "confirmed").length;
  return failed > finished * failureRatio;
}

function nextWave(targets: readonly CampaignTarget[], rules: CampaignRules): readonly string[] {
  const granted = targets.filter((target) => target.granted);
  if (!granted.every(isFinished)) return [];
  const waiting = targets.filter((target) => !target.granted && !isFinished(target)).map(({ key }) => key);
  return waiting.sort().slice(0, waveEnd(granted.length, rules) - granted.length);
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
