import type { Platform } from "../../core/reference.ts";
import type { Descriptor } from "../registry.ts";

/** Variants that mean the same, as containerd's platform rules read them: the left one is what an absent one stands for. */
const DEFAULT_VARIANT: ReadonlyMap<string, string> = new Map([
  ["arm64", "v8"],
  ["arm", "v7"],
  ["amd64", "v1"],
]);

/** Whether two platforms name the same one, an absent variant standing for the architecture's usual one. */
export function isSamePlatform(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture && variantOf(one) === variantOf(other);
}

/** The first entry of an index for `platform`. Attestations carry `unknown/unknown` and so are never it. */
export function selectPlatform(manifests: readonly Descriptor[], platform: Platform): Descriptor | undefined {
  return manifests.find((entry) => entry.platform !== undefined && isSamePlatform(entry.platform, platform));
}

function variantOf({ architecture, variant }: Platform): string {
  const written = variant?.replace(/^(?=\d)/, "v");
  return written ?? DEFAULT_VARIANT.get(architecture) ?? "";
}
