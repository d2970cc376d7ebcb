import type { PinnedImage, Platform } from "../core/reference.ts";
import type { ScanReport } from "../core/verdict/finding.ts";

/** Finished scans: the same digest, platform, scanner and advisories are not scanned twice. */
export interface Scans {
  /** The newest finished scan, if it is of these times: one that is later than now was made by a clock that has been set back. */
  find(image: PinnedImage, platform: Platform, scanner: string, made: Span): Promise<ScanReport | undefined>;
  save(report: ScanReport, at: number): Promise<void>;
}

/** From a time to a time, both included, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
