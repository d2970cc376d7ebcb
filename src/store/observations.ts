import type { Observation, TagProblem } from "../core/plan/observation.ts";
import type { Reason } from "../core/reason.ts";
import type { ImageName } from "../core/reference.ts";

/** The registry's tags and what they named, by our own clock; or why the registry did not say. */
export interface Observations {
  of(image: ImageName): Promise<ObservedImage | undefined>;
  /** By the image's key; those that were never looked at are left out. */
  ofAll(images: readonly ImageName[]): Promise<ReadonlyMap<string, ObservedImage>>;
  /** Replaces the list of tags and what is wrong with some of them, and upserts the observations. */
  save(
    image: ImageName,
    tags: readonly string[],
    changed: readonly Observation[],
    problems?: readonly TagProblem[],
  ): Promise<void>;
  /** Remembers why the image could not be observed, until the next `save`. What was observed before stays. */
  fail(image: ImageName, reason: Reason): Promise<void>;
}

export interface ObservedImage {
  readonly tags: readonly string[];
  readonly observations: readonly Observation[];
  /** Set while the newest try to observe it failed. */
  readonly problem?: Reason;
  /** The tags that the registry had no usable answer for, when there are any. */
  readonly tagProblems?: readonly TagProblem[];
}
