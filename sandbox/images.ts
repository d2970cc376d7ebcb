import type { Digest, Platform } from "../src/core/reference.ts";
import { pushImage } from "./registry/image.ts";
import { layer } from "./registry/layer.ts";

const PLATFORMS: readonly Platform[] = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
];

const OS_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';

/** Packages that every base has, by name: version, and the source where it has another name. */
const COMMON: Readonly<Record<string, readonly [version: string, source?: string]>> = {
  "base-files": ["12.4+deb12u11"],
  bash: ["5.2.15-2+b8"],
  coreutils: ["9.1-1"],
  dpkg: ["1.21.22"],
  grep: ["3.8-5"],
  gzip: ["1.12-1"],
  libc6: ["2.36-9+deb12u10", "glibc"],
  libssl3: ["3.0.15-1~deb12u1", "openssl"],
  mount: ["2.38.1-5+deb12u3", "util-linux"],
  openssl: ["3.0.15-1~deb12u1"],
  sed: ["4.9-1"],
  tar: ["1.34+dfsg-1.2+deb12u1"],
  tzdata: ["2025b-0+deb12u1"],
  zlib1g: ["1:1.2.13.dfsg-1", "zlib"],
};
const PATCHED_OPENSSL = { libssl3: ["3.0.17-1~deb12u2", "openssl"], openssl: ["3.0.17-1~deb12u2"] } as const;
const PATCHED_ZLIB = { zlib1g: ["1:1.2.13.dfsg-1+deb12u1", "zlib"] } as const;

type Packages = Readonly<Record<string, readonly [version: string, source?: string]>>;

/** The base images of the story, before and after their patch. */
export const BASES = {
  base: { ...COMMON },
  "base, patched": { ...COMMON, ...PATCHED_OPENSSL, ...PATCHED_ZLIB },
  toolchain: { ...COMMON, make: ["4.3-4.1"] },
  runtime: { ...COMMON, ...PATCHED_OPENSSL, libxml2: ["2.9.14+dfsg-1.3~deb12u1"] },
  "runtime, patched": {
    ...COMMON,
    ...PATCHED_OPENSSL,
    libxml2: ["2.9.14+dfsg-1.3~deb12u4"],
    liblzma5: ["5.6.0-0.2", "xz-utils"],
  },
  "runtime, mended": {
    ...COMMON,
    ...PATCHED_OPENSSL,
    libxml2: ["2.9.14+dfsg-1.3~deb12u4"],
    liblzma5: ["5.4.1-1", "xz-utils"],
  },
  static: { ...COMMON, ...PATCHED_OPENSSL, ...PATCHED_ZLIB },
} as const satisfies Record<string, Packages>;

/** Pushes a base image under these tags: what a publisher does. */
export async function publish(
  registry: string,
  repository: string,
  tags: readonly string[],
  contents: keyof typeof BASES,
): Promise<Digest> {
  const root = await layer(filesOf(contents));
  return pushImage(registry, repository, tags, { platforms: PLATFORMS, layers: [root] });
}

/** The files of a base image, as far as a scanner reads them. */
export function filesOf(contents: keyof typeof BASES): Readonly<Record<string, string>> {
  const packages: Packages = BASES[contents];
  const status = Object.entries(packages).map(([name, [version, source = name]]) =>
    [
      `Package: ${name}`,
      "Status: install ok installed",
      "Architecture: amd64",
      `Source: ${source}`,
      `Version: ${version}`,
    ].join("\n"),
  );
  return { "etc/os-release": OS_RELEASE, "var/lib/dpkg/status": `${status.join("\n\n")}\n` };
}
