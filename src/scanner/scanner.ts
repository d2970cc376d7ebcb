import type { Outcome } from "../core/outcome.ts";
import type { PinnedImage, Platform } from "../core/reference.ts";
import type { ScanReport } from "../core/verdict/finding.ts";

export interface Scanner {
  readonly kind: string;
  /**
   * Scans one platform of a digest. `failed` with `scan-unsupported` when the packages cannot be read and
   * `scan-unavailable` when the advisories cannot: a report is always complete.
   */
  scan(image: PinnedImage, platform: Platform): Promise<Outcome<ScanReport>>;
}
