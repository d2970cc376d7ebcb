import type { Reason } from "../core/reason.ts";
import type { PinnedImage } from "../core/reference.ts";
import type { Finding } from "../core/verdict/finding.ts";
import type { Affected, Affectedness } from "../core/view/exposure.ts";
import type { Slice, Viewer } from "../core/view/viewer.ts";

/** What our own scans found in the digests that are in use, and in those that would come next. */
export interface Exposures {
  /**
   * Digests of images in use whose scan is due: those never scanned first. Uses that configuration ignores have none.
   * Times: milliseconds since the epoch.
   */
  due(now: number, limit: number): Promise<readonly PinnedImage[]>;
  /** Replaces what was found in a digest, of all its platforms together. */
  save(
    image: PinnedImage,
    findings: readonly Finding[],
    times: { readonly at: number; readonly dueAt: number },
  ): Promise<void>;
  /** Remembers why a digest could not be scanned; what an earlier scan found stays. */
  fail(image: PinnedImage, reason: Reason, dueAt: number): Promise<void>;
  /**
   * Where a vulnerability, by any of its ids, was looked for: how many uses there are of each state, and those of the
   * wanted states, the most urgent states first.
   */
  affected(id: string, wanted: AffectedQuestion): Promise<Affected>;
}

export interface AffectedQuestion extends Slice {
  readonly viewer: Viewer;
  readonly states: readonly Affectedness[];
  /** Milliseconds since the epoch: scans from before it do not say that nothing was found. */
  readonly freshSince: number;
}
