import type { Rollout, RolloutPhase } from "../../../src/core/rollout/rollout.ts";
import { digest, now } from "../samples.ts";

export const released = digest("c0ff");
/** What ran before, and was good. */
export const previous = digest("0dd");

const repository = { host: "github.com", installation: 1, repository: 2 };
const image = { registry: "ghcr.io", repository: "acme/payments", digest: released };

/** One that was let go, where nobody has looked yet. */
export const waiting: Rollout = {
  id: "r1",
  target: { repository, environment: "staging", name: "payments" },
  release: { repository, merge: "a".repeat(40), image, reference: image, campaign: "c" },
  phase: "waiting",
  since: now,
  attempt: 0,
  granted: true,
  soak: 7200,
};

/** One that found `previous` running. */
export function rollout(phase: RolloutPhase, more: Partial<Rollout> = {}): Rollout {
  return { ...waiting, phase, previous, ...more };
}
