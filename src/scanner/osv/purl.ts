import type { Distribution } from "./os-release.ts";
import type { DistributionPackage } from "./packages.ts";

const APK = new Set(["alpine", "wolfi", "chainguard"]);

/**
 * The package URL (ECMA-427) of a distribution's package, with the `arch` and `distro` qualifiers that other scanners write:
 * `pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1%2Bb1?arch=amd64&distro=debian-12`.
 */
export function purlOf({ id, version }: Distribution, found: DistributionPackage): string {
  const type = APK.has(id) ? "apk" : "deb";
  const qualifiers = [
    ...(found.architecture === "" ? [] : [`arch=${encode(found.architecture)}`]),
    ...(version === undefined ? [] : [`distro=${encode(`${id}-${version}`)}`]),
  ];
  const query = qualifiers.length === 0 ? "" : `?${qualifiers.join("&")}`;
  return `pkg:${type}/${encode(id)}/${encode(found.name.toLowerCase())}@${encode(found.version)}${query}`;
}

/** Everything but letters, digits, `.`, `-`, `_`, `~` and the colon is percent-encoded. */
function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, hex);
}
