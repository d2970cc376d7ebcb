import { type Digest, isSamePlatform, type Platform } from "../reference.ts";

/** What an index names, without attestations; of an image without an index, itself. Empty when the registry does not have it. */
export type IndexContent = readonly PlatformImage[];

export interface PlatformImage {
  readonly digest: Digest;
  /** Absent for an image without an index. */
  readonly platform?: Platform;
}

/**
 * Whether two indexes name the same images, byte by byte, in every platform that is used: in this one (`os/architecture[/variant]`,
 * as a file asks for it), or in all that the first one has. What is not known is not the same.
 */
export function isSameContent(
  from: IndexContent | undefined,
  to: IndexContent | undefined,
  platform: string | undefined,
): boolean {
  const asked = platform === undefined ? undefined : parsePlatform(platform);
  const used = (from ?? []).filter((one) => asked === undefined || hasPlatform(one, asked));
  return used.length > 0 && used.every((one) => to?.some((other) => isSameImage(one, other)) === true);
}

/** An image without an index is taken to be of the platform that is asked for: there is no other. */
function hasPlatform({ platform }: PlatformImage, asked: Platform): boolean {
  return platform === undefined || isSamePlatform(platform, asked);
}

function isSameImage(one: PlatformImage, other: PlatformImage): boolean {
  const { platform } = one;
  const isThere = platform === undefined || other.platform === undefined || isSamePlatform(platform, other.platform);
  return isThere && one.digest === other.digest;
}

function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
