import { describe, expect, it } from "vitest";
import { parseApk, parseDpkg } from "../../../src/scanner/osv/packages.ts";

describe("parseDpkg", () => {
  it("reads installed packages with the source they were built from", () => {
    const text = [
      "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.15-1\nDescription: x\n more: text",
      "Package: bsdutils\nStatus: install ok installed\nArchitecture: amd64\nSource: util-linux (2.38.1-5)\nVersion: 1:2.38.1-5",
      "Package: gone\nStatus: deinstall ok config-files\nVersion: 1",
      "Package: no-version\nStatus: install ok installed",
    ].join("\n\n");
    expect(parseDpkg(text)).toEqual([
      { name: "libssl3", version: "3.0.15-1", source: "openssl", sourceVersion: "3.0.15-1", architecture: "amd64" },
      { name: "bsdutils", version: "1:2.38.1-5", source: "util-linux", sourceVersion: "2.38.1-5", architecture: "amd64" },
    ]);
  });

  it("reads a distroless image's file, which has no status", () => {
    expect(parseDpkg("Package: tzdata\nVersion: 2025b-0+deb12u2\nArchitecture: all\n")).toMatchObject([{ name: "tzdata" }]);
  });
});

describe("parseApk", () => {
  it("reads installed packages with their origin", () => {
    const text = "C:Q1\nP:libcrypto3\nV:3.3.2-r4\nA:x86_64\no:openssl\nF:usr\nR:lib\n\nP:musl\nV:1.2.5-r0\nA:x86_64\n\n";
    expect(parseApk(text)).toEqual([
      { name: "libcrypto3", version: "3.3.2-r4", source: "openssl", sourceVersion: "3.3.2-r4", architecture: "x86_64" },
      { name: "musl", version: "1.2.5-r0", source: "musl", sourceVersion: "1.2.5-r0", architecture: "x86_64" },
    ]);
  });
});
