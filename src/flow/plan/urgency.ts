import { isAppError } from "../../core/errors.ts";
import { createLru, type Lru } from "../../core/lru.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Plan } from "../../core/plan/update.ts";
import type { Urgency } from "../../core/policy/policy.ts";
import { reason } from "../../core/reason.ts";
import { type ImageReference, imageKey, type PinnedImage } from "../../core/reference.ts";
import { delta, urgencyOfDelta } from "../../core/verdict/delta.ts";
import type { ScanReport } from "../../core/verdict/finding.ts";
import type { Scanner } from "../../scanner/scanner.ts";
import type { Context } from "../context.ts";
import { FRESH, scanImage } from "../gate/scan.ts";

/** How long an outage stands for an answer, in milliseconds: every repository that uses the image would ask again. */
const OUTAGE = 600_000;
const MOST_PAIRS = 10_000;

/** Until when (milliseconds since the epoch) a scanner is not asked again about what it could not tell. */
const unanswered = new WeakMap<Scanner, Lru<string, number>>();

/**
 * How urgent each step from one digest to another is, by our own scans of both bases: asked while the step is new, and
 * again when its scans are no longer fresh. A pair that cannot be scanned now is `normal`: urgency only ever speeds an
 * update up, and the gate scans again before anything merges.
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
  const silence = silenceOf(context.scanner);
  const key = pairKey(from, to);
  if ((silence.get(key) ?? 0) > context.now()) return "normal";
  const before = await tryScan(context, from);
  const after = before.state === "done" ? await tryScan(context, to) : before;
  if (before.state === "done" && after.state === "done") return urgencyOfDelta(delta(before.value, after.value));
  silence.set(key, context.now() + lengthOf(after), 0);
  context.log.warn({ image: imageKey(to), from: from.digest, to: to.digest, scan: after }, "urgency is not known");
  return "normal";
}

/** A base that cannot be read now or ever is one that cannot be scanned: it must not stop what else there is to plan. */
async function tryScan(context: Context, image: PinnedImage): Promise<Outcome<readonly ScanReport[]>> {
  try {
    return await scanImage(context, image);
  } catch (error) {
    if (!isAppError(error, "INPUT", "DENIED", "UNAVAILABLE")) throw error;
    const code = error.code === "UNAVAILABLE" ? "scan-unavailable" : "scan-unsupported";
    return { state: "failed", reason: reason(code, error.message) };
  }
}

function silenceOf(scanner: Scanner): Lru<string, number> {
  const known = unanswered.get(scanner) ?? createLru({ entries: MOST_PAIRS, cost: 0 });
  unanswered.set(scanner, known);
  return known;
}

/** How long to leave a scan alone, in milliseconds; what is wrong with an image itself does not pass like an outage. */
function lengthOf(outcome: Outcome<unknown>): number {
  return outcome.state === "failed" && outcome.reason.code !== "scan-unavailable" ? FRESH : OUTAGE;
}

function pairKey(from: ImageReference, to: ImageReference): string {
  return `${imageKey(from)} ${from.digest ?? ""} ${to.digest ?? ""}`;
}
