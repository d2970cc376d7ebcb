import { pushImage } from "../../sandbox/registry/image.ts";
import { type Layer, layer } from "../../sandbox/registry/layer.ts";
import type { Digest, Platform } from "../../src/core/reference.ts";

/** The one platform of all images of these tests. */
export const PLATFORM: Platform = { os: "linux", architecture: "amd64" };
const OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\n';

/** Source packages and their versions; the sandbox's advisories know openssl, zlib, libxml2 and xz-utils. */
type Packages = Readonly<Record<string, string>>;

const COMMON: Packages = {
  ...Object.fromEntries(
    "bash coreutils dpkg grep gzip hostname login sed tar tzdata".split(" ").map((name) => [name, "1"]),
  ),
  openssl: "3.0.15-1~deb12u1",
  zlib: "1:1.2.13.dfsg-1",
};
const FIXED = { openssl: "3.0.17-1~deb12u2", zlib: "1:1.2.13.dfsg-1+deb12u1" };

/** The bases of the tests. `worse` brings a critical finding, and fixes something. */
export const BASES = {
  old: COMMON,
  patched: { ...COMMON, ...FIXED },
  "patched again": { ...COMMON, ...FIXED, tzdata: "2" },
  worse: { ...COMMON, ...FIXED, "xz-utils": "5.6.0-0.2" },
} as const satisfies Readonly<Record<string, Packages>>;

/** Debian's package database as a layer, over whatever a layer below it says. */
export function packageLayer(packages: Packages): Promise<Layer> {
  const status = Object.entries(packages).map(
    ([name, version]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${name}\nVersion: ${version}\n`,
  );
  return layer({ "etc/os-release": OS_RELEASE, "var/lib/dpkg/status": status.join("\n") });
}

/** Pushes a base image under a tag. */
export async function pushBase(
  registry: string,
  repository: string,
  tag: string,
  contents: keyof typeof BASES,
): Promise<Digest> {
  const layers = [await packageLayer(BASES[contents])];
  return pushImage(registry, repository, [tag], { platforms: [PLATFORM], layers });
}
