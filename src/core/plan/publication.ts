import type { Digest } from "../reference.ts";

/** A tag that named a digest when it was looked at, and why it was: as a tag in use, or to find the tags of the digest. */
export interface NamedBy {
  readonly tag: string;
  readonly by: "observed" | "registry";
}

/** What is known of the tags that a digest was published under. */
export interface Publication {
  readonly digest: Digest;
  readonly tags: readonly NamedBy[];
  /** What came of asking the registry; absent when it was not asked. `missing`: it does not have the digest any more. */
  readonly asked?: Asked;
}

export interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many tags were asked for, of all. */
  readonly tags: number;
  readonly missing?: true;
}

/** A registry is asked again about a digest that none of its tags named. */
const AGAIN = 7 * 24 * 60 * 60 * 1000;

/** The digests among these that a registry is to be asked about, at a time (milliseconds since the epoch). */
export function digestsToAsk(
  digests: readonly Digest[],
  known: readonly Publication[],
  now: number,
): readonly Digest[] {
  const byDigest = new Map(known.map((one) => [one.digest, one]));
  return digests.filter((digest) => {
    const { tags = [], asked } = byDigest.get(digest) ?? {};
    return tags.length === 0 && (asked === undefined || asked.at + AGAIN <= now);
  });
}
