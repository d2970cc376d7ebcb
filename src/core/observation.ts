import type { Digest, ImageName } from "./reference.ts";

/** What a tag named when we looked, by our own clock. Times are milliseconds since the epoch. */
export interface Observation {
  readonly image: ImageName;
  readonly tag: string;
  readonly digest: Digest;
  /** When this digest was first seen on the tag without a break since: a flip to another digest and back starts anew. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Set while the registry says that the tag is gone; only the second sighting in a row counts. */
  readonly goneSince?: number;
}
