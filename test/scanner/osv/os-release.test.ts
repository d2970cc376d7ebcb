import { describe, expect, it } from "vitest";
import { parseOsRelease } from "../../../src/scanner/osv/os-release.ts";

const CASES: readonly [name: string, text: string, ecosystem: string | undefined][] = [
  ["debian", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n', "Debian:12"],
  [
    "distroless, which is debian",
    'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\nPRETTY_NAME="Distroless"\n',
    "Debian:13",
  ],
  ["debian testing, which has no version", "ID=debian\nVERSION_CODENAME=forky\n", undefined],
  ["alpine", "ID=alpine\nVERSION_ID=3.20.3\n", "Alpine:v3.20"],
  ["alpine edge, which is no release yet", "ID=alpine\nVERSION_ID=3.24.0_alpha20260127\n", undefined],
  ["alpine without its minor version", "ID=alpine\nVERSION_ID=3\n", undefined],
  ["ubuntu, long-term", "ID=ubuntu\nVERSION_ID='24.04'\n", "Ubuntu:24.04:LTS"],
  ["ubuntu, interim", 'ID=ubuntu\nVERSION_ID="24.10"\n', "Ubuntu:24.10"],
  ["ubuntu, of April in an odd year", 'ID=ubuntu\nVERSION_ID="25.04"\n', "Ubuntu:25.04"],
  ["wolfi, which has no releases", "ID=wolfi\nVERSION_ID=20230201\n", "Wolfi"],
  ["chainguard", "ID=chainguard\n", "Chainguard"],
  ["one that is only like debian", "ID=raspbian\nID_LIKE=debian\nVERSION_ID=12\n", undefined],
  ["a distribution without advisories", "ID=gentoo\nVERSION_ID=2.15\n", undefined],
  ["line ends of another system", "ID=debian\r\nVERSION_ID=12\r\n", "Debian:12"],
  ["a later line, which wins as in a shell", "ID=debian\nVERSION_ID=11\nVERSION_ID=12\n", "Debian:12"],
  ["more lines than are read", `${"#\n".repeat(500)}ID=debian\nVERSION_ID=12\n`, undefined],
  ["a version that would be another ecosystem", "ID=debian\nVERSION_ID=12:x\n", undefined],
  ["names of every object", "ID=__proto__\nVERSION_ID=constructor\n", undefined],
  ["nothing", "", undefined],
  ["garbage", "\u0000=\u0001\n====\n=x", undefined],
];

describe("parseOsRelease", () => {
  it.each(CASES)("%s", (_name, text, ecosystem) => {
    expect(parseOsRelease(text)?.ecosystem).toBe(ecosystem);
  });

  it("keeps the version for package URLs", () => {
    expect(parseOsRelease("ID=Alpine\nVERSION_ID=3.20.3\n")).toEqual({
      id: "alpine",
      version: "3.20.3",
      ecosystem: "Alpine:v3.20",
    });
  });
});
