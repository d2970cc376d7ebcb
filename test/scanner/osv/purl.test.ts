import { expect, it } from "vitest";
import { purlOf } from "../../../src/scanner/osv/purl.ts";

const DEBIAN = { id: "debian", version: "12", ecosystem: "Debian:12" };
const ALPINE = { id: "alpine", version: "3.20.3", ecosystem: "Alpine:v3.20" };
const WOLFI = { id: "wolfi", ecosystem: "Wolfi" };

it.each([
  [
    DEBIAN,
    "openssl",
    "3.0.15-1~deb12u1",
    "amd64",
    "pkg:deb/debian/openssl@3.0.15-1~deb12u1?arch=amd64&distro=debian-12",
  ],
  [DEBIAN, "zlib1g", "1:1.2.13+b1", "arm64", "pkg:deb/debian/zlib1g@1:1.2.13%2Bb1?arch=arm64&distro=debian-12"],
  [DEBIAN, "libstdc++6", "12", "", "pkg:deb/debian/libstdc%2B%2B6@12?distro=debian-12"],
  [ALPINE, "musl", "1.2.5-r0", "x86_64", "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3"],
  [WOLFI, "Glibc", "2.40-r1", "", "pkg:apk/wolfi/glibc@2.40-r1"],
  [WOLFI, "a/../b?c#d", "1@2'(*)!", "&", "pkg:apk/wolfi/a%2F..%2Fb%3Fc%23d@1%402%27%28%2A%29%21?arch=%26"],
])("writes the package URL of %o %s %s", (distribution, name, version, architecture, purl) => {
  const found = { name, version, architecture, source: name, sourceVersion: version };
  expect(purlOf(distribution, found)).toBe(purl);
});
