import { delta, urgencyOfDelta } from "../core/delta.ts";
import type { Urgency } from "../core/policy.ts";
import { type ImageReference, imageKey, type PinnedImage } from "../core/reference.ts";
import type { Plan } from "../core/update.ts";
import type { Context } from "./context.ts";
import { scanImage } from "./scan.ts";

/**
 * How urgent each step from one digest to another is, by our own scans of both bases. A pair that cannot be scanned now is
 * `normal`: urgency only ever speeds an update up, and the gate scans again before anything merges.
 */
export async function urgencies(
  context: Context,
  draft: Plan,
): Promise<(from: ImageReference, to: ImageReference) => Urgency> {
  const known = new Map<string, Urgency>();
  for (const { from, to } of draft.groups.flatMap(({ updates }) => updates)) {
    if (!isPinned(from) || !isPinned(to) || known.has(pairKey(from, to))) continue;
    known.set(pairKey(from, to), await urgencyOf(context, from, to));
  }
  return (from, to) => known.get(pairKey(from, to)) ?? "normal";
}

function isPinned(reference: ImageReference): reference is ImageReference & PinnedImage {
  return reference.digest !== undefined;
}

async function urgencyOf(context: Context, from: PinnedImage, to: PinnedImage): Promise<Urgency> {
  const before = await scanImage(context, from);
  if (before.state !== "done") return "normal";
  const after = await scanImage(context, to);
  return after.state === "done" ? urgencyOfDelta(delta(before.value, after.value)) : "normal";
}

function pairKey(from: ImageReference, to: ImageReference): string {
  return `${imageKey(from)} ${from.digest ?? ""} ${to.digest ?? ""}`;
}
