import { isAppError } from "../../core/errors.ts";
import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import { imageKey, type PinnedImage } from "../../core/reference.ts";
import { findingsOf } from "../../core/verdict/delta.ts";
import type { ScanReport } from "../../core/verdict/finding.ts";
import type { Priority } from "../../core/write/priority.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { assertCurrent } from "../record.ts";
import { scanImage } from "./scan.ts";

/** Everything else goes first: nobody waits for these scans, and they are long. */
export const SCANS_WAIT: Priority = -1;
/** Milliseconds after which a digest is scanned again: advisories are published about old digests too. */
const DAILY = 24 * 3_600_000;
/** Milliseconds after which an outage is looked at again. */
const OUTAGE = 30 * 60_000;

/**
 * Scans one of the digests in use whose scan is due, and comes back for the next: one at a time, so that a cold start leaves the
 * other workers to what people wait for. Each digest is scanned once a day, however many use it.
 */
export async function scanNext(context: Context, run: Run): Promise<void> {
  const [image, ...more] = await context.store.exposures.due(context.now(), 2);
  if (image === undefined) return;
  const outcome = await tryScan(context, image);
  if (outcome.state === "pending") return;
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await save(tables, context, image, outcome);
    if (more.length > 0) await tables.jobs.wake({ kind: "scan" }, context.now(), SCANS_WAIT);
  });
}

async function save(
  { exposures }: Tables,
  context: Context,
  image: PinnedImage,
  outcome: Exclude<Outcome<readonly ScanReport[]>, { readonly state: "pending" }>,
): Promise<void> {
  const at = context.now();
  if (outcome.state === "done") {
    return exposures.save(image, findingsOf(outcome.value), { at, dueAt: at + DAILY });
  }
  context.log.info({ image: imageKey(image), digest: image.digest, reason: outcome.reason.code }, "no scan");
  const isOutage = outcome.reason.code === "scan-unavailable";
  return exposures.fail(image, outcome.reason, at + (isOutage ? OUTAGE : DAILY));
}

/** What cannot be read, now or ever, is a state of that digest, and must not stop the scans of the others. */
async function tryScan(context: Context, image: PinnedImage): Promise<Outcome<readonly ScanReport[]>> {
  if (!context.operation.allows(image.registry)) {
    return { state: "failed", reason: reason("registry-not-allowed", image.registry) };
  }
  try {
    return await scanImage(context, image);
  } catch (error) {
    if (!isAppError(error, "INPUT", "DENIED", "UNAVAILABLE")) throw error;
    const code =
      error.code === "DENIED" ? "registry-denied" : error.code === "INPUT" ? "scan-unsupported" : "scan-unavailable";
    return { state: "failed", reason: reason(code, error.message) };
  }
}
