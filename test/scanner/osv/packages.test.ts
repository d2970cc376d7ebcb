import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseApk, parseDpkg } from "../../../src/scanner/osv/packages.ts";

const INSTALLED = "Status: install ok installed";

describe("parseDpkg", () => {
  it("reads installed packages with the source they were built from", () => {
    const text = [
      `Package: libssl3\n${INSTALLED}\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.15-1\nDescription: x\n more: text`,
      `Package: bsdutils\n${INSTALLED}\nArchitecture: amd64\nSource: util-linux (2.38.1-5)\nVersion: 1:2.38.1-5`,
      "Package: gone\nStatus: deinstall ok config-files\nVersion: 1",
      "Package: half\nStatus: install ok half-installed\nVersion: 1",
      "Package: held\nStatus: hold ok installed\nVersion: 1",
      `Package: no-version\n${INSTALLED}`,
    ].join("\n\n");
    expect(parseDpkg(text)).toEqual([
      { name: "libssl3", version: "3.0.15-1", source: "openssl", sourceVersion: "3.0.15-1", architecture: "amd64" },
      {
        name: "bsdutils",
        version: "1:2.38.1-5",
        source: "util-linux",
        sourceVersion: "2.38.1-5",
        architecture: "amd64",
      },
      { name: "held", version: "1", source: "held", sourceVersion: "1", architecture: "" },
    ]);
  });

  it.each<[title: string, text: string, names: readonly string[]]>([
    ["distroless, which has no status", "Package: tzdata\nVersion: 2025b-0+deb12u2\nArchitecture: all\n", ["tzdata"]],
    ["line ends of another system", "Package: a\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 1\r\n", ["a", "b"]],
    ["several blank lines", "\n\n\nPackage: a\nVersion: 1\n\n\n\nPackage: b\nVersion: 1", ["a", "b"]],
    ["no blank after the colon", "Package:a\nVersion:1\n", ["a"]],
    ["the first of several fields", "Package: a\nPackage: b\nVersion: 1\n", ["a"]],
    ["continuation lines that look like fields", "Description: x\n Package: a\n\tVersion: 1\n", []],
    ["empty fields", "Package:\nVersion: 1\n\nPackage: a\nVersion:\n\nPackage: b\nVersion: 1\nSource:\n", ["b"]],
    ["names of every object", "Package: __proto__\nVersion: constructor\n__proto__: x\n", ["__proto__"]],
    ["nothing", "", []],
    ["garbage", "\u0000\u0001: \uFFFD\n:\n: :\n", []],
  ])("reads %s", (_, text, names) => {
    expect(parseDpkg(text).map(({ name }) => name)).toEqual(names);
  });

  it("refuses more packages than any distribution has", () => {
    const text = "Package: a\nVersion: 1\n\n".repeat(50_001);
    expect(() => parseDpkg(text)).toThrow(expect.objectContaining({ code: "INPUT" }));
    expect(() => parseApk(text)).toThrow(expect.objectContaining({ code: "INPUT" }));
  });
});

describe("parseApk", () => {
  it("reads installed packages with their origin", () => {
    const text =
      "C:Q1\nP:libcrypto3\nV:3.3.2-r4\nA:x86_64\no:openssl\nF:usr\nR:lib\n\nP:musl\nV:1.2.5-r0\nA:x86_64\n\n";
    expect(parseApk(text)).toEqual([
      { name: "libcrypto3", version: "3.3.2-r4", source: "openssl", sourceVersion: "3.3.2-r4", architecture: "x86_64" },
      { name: "musl", version: "1.2.5-r0", source: "musl", sourceVersion: "1.2.5-r0", architecture: "x86_64" },
    ]);
  });
});

it("reads any text, whatever it is, into packages with a name, a source and versions", () => {
  const words = fc.constantFrom(
    "Package",
    "Version",
    "Source",
    "P",
    "V",
    "o",
    ":",
    " ",
    "\n",
    "\r\n",
    "(",
    ")",
    "a",
    "1.0",
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
      for (const found of [...parseDpkg(parts.join("")), ...parseApk(parts.join(""))]) {
        for (const text of [found.name, found.version, found.source, found.sourceVersion]) {
          expect(text).toMatch(/^\S(.*\S)?$/);
        }
      }
    }),
  );
});
