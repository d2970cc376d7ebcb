import type { Reason } from "./reason.ts";

/** The answer of work that may take longer than a call: asking again with the same request is how one waits. */
export type Outcome<T> =
  | { readonly state: "done"; readonly value: T }
  /** `retryAfter` in seconds. */
  | { readonly state: "pending"; readonly retryAfter: number }
  | { readonly state: "failed"; readonly reason: Reason };
