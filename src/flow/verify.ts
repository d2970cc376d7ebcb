import { confirm } from "../core/confirm.ts";
import type { Step } from "../core/next-step.ts";
import { sentence } from "../core/reason.ts";
import type { Digest, PinnedImage } from "../core/reference.ts";
import { deploymentKey, type Observed, type Rollout } from "../core/rollout.ts";
import type { Gate, Scans } from "../core/verdict.ts";
import type { Tables } from "../store/store.ts";
import type { Context, Run } from "./context.ts";
import { strictest } from "./evidence.ts";
import { act } from "./record.ts";
import { scanImage } from "./scan.ts";

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

/** Says on the target's own record how the rollout ended, once. */
export async function announce(context: Context, run: Run, rollout: Rollout): Promise<void> {
  const confirmed = rollout.phase === "confirmed";
  const { digest } = rollout.release.image;
  const why = rollout.reason === undefined ? rollout.phase : sentence(rollout.reason);
  const words = confirmed ? `verified: runs ${digest.slice(0, 19)}, healthy, scanned again` : why;
  const key = deploymentKey(rollout);
  const fact = { subject: run.key, transition: "reported", cause: `${key} ${rollout.phase}`, data: { words } };
  await act(
    context,
    run,
    fact,
    () => context.deployer.report(rollout.target, key, confirmed, words),
    async () => {},
  );
}

/** A release that had to go back takes its new base with it: it is not proposed to this repository again. */
export async function quarantine(tables: Tables, { release, id, reason: why }: Rollout): Promise<void> {
  const cause = `${id}: ${why === undefined ? "rolled back" : sentence(why)}`;
  await tables.quarantine.add(release.repository, release.image.digest, cause);
  const pull = await tables.pulls.byMerge(release.repository, release.merge);
  const bases = (pull?.group.updates ?? []).flatMap(({ to }): readonly Digest[] => (to.digest ? [to.digest] : []));
  for (const digest of bases) await tables.quarantine.add(release.repository, digest, cause);
}
