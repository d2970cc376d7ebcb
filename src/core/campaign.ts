import type { RolloutPhase } from "./rollout.ts";

/** One update across the organisation, as its targets stand now. */
export interface CampaignTarget {
  readonly key: string;
  readonly environment: string;
  readonly phase: RolloutPhase;
  readonly granted: boolean;
}
