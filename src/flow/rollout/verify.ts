import type { PinnedImage } from "../../core/reference.ts";
import { confirm } from "../../core/rollout/confirm.ts";
import type { Step } from "../../core/rollout/next-step.ts";
import type { Observed, Rollout } from "../../core/rollout/rollout.ts";
import type { Gate, Scans } from "../../core/verdict/verdict.ts";
import type { Context } from "../context.ts";
import { strictest } from "../gate/evidence.ts";
import { scanImage } from "../gate/scan.ts";

/**
 * Step 8: the release runs and has soaked. Both it and what ran before are scanned again, with the advisories of now; core
 * says whether that confirms it.
 */
export async function verify(context: Context, rollout: Rollout, observed: Observed): Promise<Step> {
  return confirm(rollout, observed, context.now(), await scans(context, rollout), await gateOf(context, rollout));
}

async function scans(context: Context, { release, previous }: Rollout): Promise<Scans> {
  const after = await scanImage(context, release.image, 0);
  if (after.state !== "done") return after.state === "pending" ? { state: "pending" } : after;
  // A first deployment has nothing to be worse than: it is compared with itself, which the gate has judged already.
  const old: PinnedImage = previous === undefined ? release.image : { ...release.image, digest: previous };
  const before = await scanImage(context, old, 0);
  if (before.state !== "done") return before.state === "pending" ? { state: "pending" } : before;
  return { state: "done", before: before.value, after: after.value };
}

async function gateOf(context: Context, { release }: Rollout): Promise<Gate> {
  const pull = await context.store.pulls.byMerge(release.repository, release.merge);
  return pull === undefined ? { failOn: "high" } : strictest(pull).gate;
}
