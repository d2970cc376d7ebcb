import type { IndexContent } from "../core/plan/index-content.ts";
import type { Asked, Publication } from "../core/plan/publication.ts";
import type { Digest, ImageName, PinnedImage } from "../core/reference.ts";

/**
 * What digests are called, and what they name themselves. What a tag names is remembered with each observation of it, so that the
 * tag of a digest is known also when it names another one. Answers are by the image's key.
 */
export interface Publications {
  /** What is known of the tags of digests; those of which nothing is are left out. */
  of(pins: readonly PinnedImage[]): Promise<ReadonlyMap<string, readonly Publication[]>>;
  /** What digests name, of those that were looked into. */
  contents(pins: readonly PinnedImage[]): Promise<ReadonlyMap<string, ReadonlyMap<Digest, IndexContent>>>;
  save(image: ImageName, news: NewPublications): Promise<void>;
}

/** What a registry answered about digests of an image. Times: milliseconds since the epoch. */
export interface NewPublications {
  readonly named: readonly { readonly tag: string; readonly digest: Digest; readonly at: number }[];
  readonly asked: ReadonlyMap<Digest, Asked>;
  readonly contents: ReadonlyMap<Digest, IndexContent>;
}
