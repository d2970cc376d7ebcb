import type { WriteRequest } from "../../src/core/write/budget.ts";
import type { WriteLimits } from "../../src/core/write/window.ts";
import { GITHUBS_LIMITS } from "../../src/github/octokit/pace.ts";

/** What all that is written within one moment is counted against: the hour alone, as github.com's is counted. */
export const HOURLY: WriteLimits = { ...GITHUBS_LIMITS, perMinute: 10_000, kept: 0, between: 0, betweenNotices: 0 };
export const BUDGETED = { host: "github.com", installation: 7 };
export const NOW = Date.UTC(2026, 10, 28);

/** One write of a job. */
export function writeOnce(key: string): WriteRequest {
  return {
    turn: { key, repository: key, urgency: "normal", awaited: false },
    cost: 1,
    begun: false,
    notifies: false,
  };
}
