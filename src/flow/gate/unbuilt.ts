import { isAppError } from "../../core/errors.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { formatReference, type ImageReference, type PinnedImage } from "../../core/reference.ts";
import type { Evidence, Scans } from "../../core/verdict/verdict.ts";
import type { Context } from "../context.ts";
import { scanBeside } from "./scan.ts";

/** Seconds after which an outage is looked at again. */
const OUTAGE = 60;

/**
 * The evidence on images that run as they are, without a build of ours: what the files name before and after the change,
 * scanned side by side. A reference without a digest stands for what its tag names now.
 */
export async function gatherUnbuilt(
  context: Context,
  { updates }: UpdateGroup,
): Promise<{ readonly evidence: Pick<Evidence, "build" | "base" | "scans">; readonly retryAfter?: number }> {
  const unbuilt = { build: { state: "not-applicable" }, base: "not-applicable" } as const;
  try {
    const old = await pinAll(
      context,
      updates.map(({ from }) => from),
    );
    const fresh = await pinAll(
      context,
      updates.map(({ to }) => to),
    );
    if ("missing" in old) return { evidence: { ...unbuilt, scans: failed(reason("baseline-missing", old.missing)) } };
    if ("missing" in fresh) return { evidence: { ...unbuilt, scans: failed(reason("tag-not-found", fresh.missing)) } };
    const scans = await scanBeside(context, old.images, fresh.images);
    if (scans.state === "done") return { evidence: { ...unbuilt, scans: { state: "done", ...scans.value } } };
    if (scans.state === "pending") {
      return { evidence: { ...unbuilt, scans: { state: "pending" } }, retryAfter: scans.retryAfter };
    }
    const isOutage = scans.reason.code === "scan-unavailable";
    return { evidence: { ...unbuilt, scans }, ...(isOutage && { retryAfter: OUTAGE }) };
  } catch (error) {
    // What the registry does not let us read cannot be judged; a person has to mend that.
    if (!isAppError(error, "DENIED", "INPUT")) throw error;
    const why = reason(error.code === "DENIED" ? "registry-denied" : "registry-answer", error.message);
    return { evidence: { ...unbuilt, scans: failed(why) } };
  }
}

function failed(why: Reason): Scans {
  return { state: "failed", reason: why };
}

type Pinned = { readonly images: readonly PinnedImage[] } | { readonly missing: string };

async function pinAll(context: Context, references: readonly ImageReference[]): Promise<Pinned> {
  const images = new Map<string, PinnedImage>();
  for (const reference of references) {
    const { registry, repository, digest } = reference;
    const pinned = digest === undefined ? await context.registry.resolve(reference) : { registry, repository, digest };
    if (pinned === undefined) return { missing: formatReference(reference) };
    images.set(pinned.digest, pinned);
  }
  return { images: [...images.values()] };
}
