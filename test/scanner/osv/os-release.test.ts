import { describe, expect, it } from "vitest";
import { parseOsRelease } from "../../../src/scanner/osv/os-release.ts";

const CASES: readonly [name: string, text: string, ecosystem: string | undefined][] = [
  ["debian", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n', "Debian:12"],
  ["alpine", "ID=alpine\nVERSION_ID=3.20.3\n", "Alpine:v3.20"],
  ["ubuntu, long-term", "ID=ubuntu\nVERSION_ID='24.04'\n", "Ubuntu:24.04:LTS"],
  ["ubuntu, interim", 'ID=ubuntu\nVERSION_ID="24.10"\n', "Ubuntu:24.10"],
  ["wolfi, which has no releases", "ID=wolfi\nVERSION_ID=20230201\n", "Wolfi"],
  ["debian testing, which has no version", "ID=debian\n", undefined],
  ["a distribution without advisories", "ID=gentoo\nVERSION_ID=2.15\n", undefined],
  ["nothing", "", undefined],
  ["garbage", "\u0000=\u0001\n====\n=x", undefined],
];

describe("parseOsRelease", () => {
  it.each(CASES)("%s", (_name, text, ecosystem) => {
    expect(parseOsRelease(text)?.ecosystem).toBe(ecosystem);
  });
});
