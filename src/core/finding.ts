import type { PinnedImage, Platform } from "./reference.ts";

/** From worst to least; `unknown` gates as `high` where a score of 7 or more says so, and is never clean. */
export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";

/** A vulnerability in a package of a digest. */
export interface Finding {
  /** The id that people know: a CVE where there is one. */
  readonly id: string;
  /** All other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  readonly package: string;
  /** `os`: of the distribution; `lang`: of a language's package manager. */
  readonly class: "os" | "lang";
  readonly purl?: string;
  readonly installed: string;
  /** Versions that fix it; empty: no fix yet. */
  readonly fixed: readonly string[];
  readonly severity: Severity;
  /** CVSS base score, 0 to 10. */
  readonly score?: number;
  readonly knownExploited: boolean;
  readonly url: string;
}

/** What a scanner found in one platform of one digest. Only a complete scan is a report. */
export interface ScanReport {
  readonly image: PinnedImage;
  readonly platform: Platform;
  /** `database`: what tells one state of the advisories from another. */
  readonly scanner: { readonly name: string; readonly version: string; readonly database: string };
  /** Packages read, by which a scan that saw nothing is told from a clean one. */
  readonly packages: readonly InstalledPackage[];
  readonly findings: readonly Finding[];
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}
