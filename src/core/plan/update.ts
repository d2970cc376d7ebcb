import type { ChangeClass, Policy, Urgency } from "../policy/policy.ts";
import type { Reason } from "../reason.ts";
import type { Digest, ImageName, ImageReference } from "../reference.ts";
import type { Change, Use } from "../use/use.ts";
import type { IndexContent } from "./index-content.ts";
import type { Observation, TagProblem } from "./observation.ts";
import type { Publication } from "./publication.ts";

/** What is known of one image: enough to plan, or why not. `observations` and `problems` are of the watched tags only. */
export type ImageFacts = KnownFacts | Unanswered;

export interface KnownFacts {
  readonly state: "known";
  readonly tags: readonly string[];
  readonly observations: readonly Observation[];
  readonly problems?: readonly TagProblem[];
  /** Of digests that are used without a tag, as far as something is known. */
  readonly published?: readonly Publication[];
  /** What digests name of which there is more than one for a tag in use. */
  readonly contents?: ReadonlyMap<Digest, IndexContent>;
}

/** What becomes of what a registry has no answer for. */
export interface Unanswered {
  readonly state: "held" | "auth-failed";
  readonly reason: Reason;
}

export function unanswered(why: Reason): Unanswered {
  return { state: why.code === "registry-denied" ? "auth-failed" : "held", reason: why };
}

/** From → to, over the uses in one repository that make the same step. */
export interface Update {
  readonly from: ImageReference;
  readonly to: ImageReference;
  readonly change: ChangeClass;
  readonly urgency: Urgency;
  /** When `to` was first seen on its tag (milliseconds since the epoch); absent without a clock of our own. */
  readonly firstSeen?: number;
  readonly changes: readonly Change[];
  readonly policy: Policy;
}

/** The updates that travel in one pull. */
export interface UpdateGroup {
  /** Stable while the updates change: image name, track, and directory where policy splits by one. */
  readonly id: string;
  readonly image: ImageName;
  readonly track: string;
  readonly updates: readonly Update[];
}

/** What a person is told of a use. `unknown` is never clean: no registry has been asked about it yet. */
export type UseState = "unknown" | "current" | "update" | "held" | "unsupported" | "auth-failed";

export interface UseStatus {
  readonly use: Use;
  readonly state: UseState;
  readonly reason?: Reason;
  /** What it would name next, now or when what holds it has passed; absent when nothing is known that policy allows. */
  readonly to?: ImageReference;
}

/** What shall become of the uses of one repository. */
export interface Plan {
  readonly groups: readonly UpdateGroup[];
  /** Every use, once. */
  readonly uses: readonly UseStatus[];
  /** When something that was held for time alone is due (milliseconds since the epoch): the plan is stale from then on. */
  readonly dueAt?: number;
}
