import type { Policy } from "../policy/policy.ts";
import type { Reason } from "../reason.ts";
import type { Finding, ScanReport, Severity } from "./finding.ts";

/** What changed between the findings of two digests, by the same scanner with the same advisories. */
export interface Delta {
  readonly fixed: readonly Finding[];
  readonly introduced: readonly Finding[];
  readonly remaining: readonly Finding[];
}

/** Pass, fail, or held: not known yet, or a person must decide. A verdict without `pass` always says why. */
export interface Verdict {
  readonly state: "pass" | "fail" | "held";
  readonly reasons: readonly Reason[];
}

/** The scans of the image before and after the change, over all platforms. Without `before` there is nothing to compare with. */
export type Scans =
  | { readonly state: "done"; readonly before?: readonly ScanReport[]; readonly after: readonly ScanReport[] }
  | { readonly state: "pending" }
  | { readonly state: "failed"; readonly reason: Reason };

export interface Gate {
  readonly failOn: Severity;
}

/** Everything that a verdict is made from. */
export interface Evidence {
  readonly build:
    | { readonly state: "done" }
    | { readonly state: "pending" }
    | { readonly state: "failed"; readonly reason: Reason }
    /** Nothing is built from what changes: the images run as they are. */
    | { readonly state: "not-applicable" };
  /** Whether the built image's layers start with the new base's; not applicable when the update changes no base. */
  readonly base: "on-new-base" | "not-on-new-base" | "unknown" | "not-applicable";
  readonly scans: Scans;
  readonly gate: Gate;
  readonly signature: {
    readonly policy: Policy["signature"];
    readonly state: "verified" | "missing" | "not-checked";
  };
}
