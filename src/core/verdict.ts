import type { Finding } from "./finding.ts";
import type { Reason } from "./reason.ts";

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
