import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChangeClass } from "../../../src/core/policy/policy.ts";
import { changeClass, compareTags, parseTag, trackOf } from "../../../src/core/tag/tag.ts";
import { anyTags } from "../arbitraries.ts";

const TRACKS: readonly (readonly [tag: string, track: string])[] = [
  // precision, prefix and suffix are kept
  ["22", "N"],
  ["22-alpine", "N-alpine"],
  ["3.19", "N.N"],
  ["22.04", "N.N"],
  ["v1.2.3-slim", "vN.N.N-slim"],
  ["V1.2", "VN.N"],
  ["3.12-slim-bookworm", "N.N-slim-bookworm"],
  ["3.12-alpine3.19", "N.N-alpine3.19"],
  ["17.0.2_8-jre", "N.N.N_B-jre"],
  ["5.0.0.Final", "N.N.N.Final"],
  // a pre-release is on the track of its release
  ["1.2.0-rc1", "N.N.N"],
  ["1.2.0-RC.1", "N.N.N"],
  ["3.14.0a2-slim", "N.N.N-slim"],
  ["18beta1", "N"],
  ["1.25-rc-alpine", "N.N-alpine"],
  ["8.0.0-preview.7.22376.6-jammy", "N.N.N-jammy"],
  ["26-ea-15-jdk", "N-jdk"],
  ["2.0.0-dev.5", "N.N.N"],
  // what only looks like a pre-release is a variant
  ["3.12-dev", "N.N-dev"],
  ["1.2-rclone", "N.N-rclone"],
  ["1.2-alphabet", "N.N-alphabet"],
  // a build of the same version is left open
  ["1.2.3-debian-12-r5", "N.N.N-debian-12-rB"],
  ["8-b132", "N-bB"],
  ["8u212-b04-jdk", "NuN-bB-jdk"],
  ["9.7-1773204619", "N.N-B"],
  ["1.2.3.post1", "N.N.N.postB"],
  ["1.2.3-build-7", "N.N.N-build-B"],
  ["1.2.3-a1b2c3d", "N.N.N-{commit}"],
  ["1.2.3-1234567", "N.N.N-{commit}"],
  ["v3.10.0-169-gfe040d3", "vN.N.N-B-{commit}"],
  ["11.3.0-security-01", "N.N.N"],
  ["noble-20250415", "noble-YYYYMMDD"],
  // dates
  ["20210804", "YYYYMMDD"],
  ["20210804-slim", "YYYYMMDD-slim"],
  ["2025-01-31", "YYYY-MM-DD"],
  ["RELEASE.2025-01-20T14-49-07Z", "RELEASE.YYYY-MM-DDThh-mm-ssZ"],
  ["20211332", "20211332"],
  // words before a version of two numbers
  ["slim-2.10.3-python3.12", "slim-N.N.N-python3.12"],
  ["arm64v8-1.2.3", "arm64v8-N.N.N"],
  ["slim-2", "slim-2"],
  ["pr-1.2", "pr-1.2"],
  // a release of Windows, and no number of a version
  ["10.0.17763.1817", "10.0.17763.N"],
  // a long number is never compared with a short one
  ["1.20240101", "N.D"],
  ["3.19.20240101-slim", "N.N.D-slim"],
  ["202108", "202108"],
  ["1234567", "1234567"],
  // more numbers than a version has
  [`1${".0".repeat(7)}-x`, `N${".N".repeat(7)}-x`],
  [`1${".0".repeat(8)}-x`, `1${".0".repeat(8)}-x`],
  [`1.0-rc1${".0".repeat(8)}`, `N.N-rc1${".0".repeat(8)}`],
  [`1.0rc1${".0".repeat(8)}`, `1.0rc1${".0".repeat(8)}`],
  [`1.0${"-r1".repeat(9)}`, `1.0${"-r1".repeat(9)}`],
  // names
  ["latest", "latest"],
  ["bookworm-slim", "bookworm-slim"],
  ["1a2b3c4", "1a2b3c4"],
  ["12345b12", "12345b12"],
  ["sha-1a2b3c4", "sha-1a2b3c4"],
  ["8u212b-jdk", "8u212b-jdk"],
  ["1.1.1x", "1.1.1x"],
  ["1.10x", "1.10x"],
  ["version1", "version1"],
  ["_1.2", "_1.2"],
];

test.each(TRACKS)("%s is on track %s", (tag, track) => {
  expect(trackOf(tag)).toBe(track);
});

const CHANGES: readonly (readonly [from: string, to: string, change: ChangeClass | undefined])[] = [
  ["22-alpine", "24-alpine", "major"],
  ["3.19", "3.20", "minor"],
  ["3.9", "3.10", "minor"],
  ["3.19", "4.0", "major"],
  ["3.19.1", "3.19.2", "patch"],
  ["3.19.1", "3.20.0", "minor"],
  ["10.0.17763.1", "10.0.17763.2", "patch"],
  ["22.04", "24.04", "major"],
  ["v1.2.3", "v1.2.4", "patch"],
  // neither the same nor older
  ["3.19", "3.19", undefined],
  ["3.20", "3.19", undefined],
  ["22.04", "22.4", undefined],
  // precision, prefix and suffix must be the same
  ["3.19", "3.20.1", undefined],
  ["3.19.1", "3.20", undefined],
  ["v1.2.3", "1.2.4", undefined],
  ["22", "24-alpine", undefined],
  ["22-alpine", "24", undefined],
  ["12-alpine", "14-stretch", undefined],
  // the same version on a newer release of its OS
  ["3.12-alpine3.9", "3.12-alpine3.19", "os"],
  ["22.11.0-bookworm-slim", "22.11.0-trixie-slim", "os"],
  ["3.12-slim-bullseye", "3.12-slim-trixie", "os"],
  ["1.2.0-rc1-jammy", "1.2.0-rc1-noble", "os"],
  ["3.12-alpine3.19", "3.12-alpine3.18", undefined],
  ["3.12-alpine3.18", "3.13-alpine3.19", undefined],
  ["22-bookworm", "22-trixie-slim", undefined],
  ["22-bookworm", "22-noble", undefined],
  ["22-bookworm", "22", undefined],
  ["22-bookworm", "22-sid", undefined],
  ["jammy", "noble", "os"],
  ["bookworm-slim", "trixie-slim", "os"],
  ["bookworm-slim", "trixie", undefined],
  ["noble-20250415", "noble-20250502", "patch"],
  ["jammy-20250415", "noble-20250127", "os"],
  // with a patch where the same version is not there
  ["3.12.4-alpine3.18", "3.12.12-alpine3.22", "os"],
  ["3.12.4-alpine3.18", "3.12.3-alpine3.22", undefined],
  ["3.12.4-alpine3.18", "3.13.0-alpine3.22", undefined],
  ["22-bookworm-jammy", "22-trixie-jammy", undefined],
  // builds
  ["17.0.2_8-jre", "17.0.2_9-jre", "patch"],
  ["17.0.2_8-jre", "17.0.3_7-jre", "patch"],
  ["17.0.2_9-jre", "17.0.2_8-jre", undefined],
  ["1.2.3-r9", "1.2.3-r10", "patch"],
  ["1.2.3", "1.2.3-security-01", "patch"],
  ["1.2.3-security-01", "1.2.4", "patch"],
  ["1.2.3-security-01", "1.2.3", undefined],
  ["1.2.3-debian-11-r45", "1.2.3-debian-12-r5", "os"],
  ["1.2.3-a1b2c3d", "1.2.3-b1b2c3d", undefined],
  ["8u342-jdk", "8u352-jdk", "patch"],
  // dates
  ["20210804", "20210805", "patch"],
  ["20210804", "20210901", "minor"],
  ["20210804", "20220101", "major"],
  ["2021-08-04", "20210901", undefined],
  // dates, commits and names are not versions
  ["3", "20210804", undefined],
  ["3.19", "3.20240101", undefined],
  ["1234567", "2345678", undefined],
  ["latest", "22", undefined],
  ["22", "jammy", undefined],
  // pre-releases only for who uses one, and of the same channel
  ["1.2.3", "1.3.0-rc1", undefined],
  ["1.2.0-rc1", "1.2.0-rc2", "patch"],
  ["1.2.0-rc.9", "1.2.0-rc.10", "patch"],
  ["1.2.0-beta3", "1.2.0-rc1", "patch"],
  ["1.2.0-rc1", "1.2.0-beta3", undefined],
  ["3.14.0b1", "3.14.0rc1", "patch"],
  ["1.2.0-rc1", "1.2.0", "patch"],
  ["1.2.0-rc1", "1.3.0", "minor"],
  ["1.2.0-rc1", "1.3.0-alpha1", "minor"],
  ["1.2.0", "1.2.0-rc1", undefined],
  ["18beta1", "18", "patch"],
  ["1.25-rc-alpine", "1.25-alpine", "patch"],
  ["1.2.0-rc1", "1.3.0-nightly", undefined],
  ["1.2.0-nightly", "1.3.0-nightly", "minor"],
  ["3.12-dev", "3.13-dev", "minor"],
  ["3.12-dev", "3.13", undefined],
  ["3.12", "3.13-dev", undefined],
  // numbers beyond what a double holds
  ["1.2.9007199254740993", "1.2.9007199254740992", undefined],
  ["1.2.9007199254740992", "1.2.9007199254740993", "patch"],
];

describe("changeClass", () => {
  test.each(CHANGES)("from %s to %s is %s", (from, to, change) => {
    expect(changeClass(from, to)).toBe(change);
  });

  test("is a step forward on one track, never back", () => {
    fc.assert(
      fc.property(anyTags(), anyTags(), (from, to) => {
        if (changeClass(from, to) === undefined) return;
        const [before, after] = [from, to].map((tag) => parseTag(tag).os?.track ?? trackOf(tag));
        expect(after).toBe(before);
        // Among tags that only their OS release tells apart, the order of all tags is by their texts.
        if (changeClass(from, to) !== "os") expect(compareTags(from, to)).toBeLessThan(0);
        expect(changeClass(to, from)).toBeUndefined();
      }),
    );
  });
});

describe("compareTags", () => {
  test("puts names first, then versions from old to new", () => {
    const sorted = [
      "latest",
      "main",
      "bookworm",
      "3",
      "3.2",
      "3.10",
      "3.10.0-alpha",
      "3.10.0-rc1",
      "3.10.0-rc2",
      "3.10.0",
      "3.10.0-security-01",
      "3.10.1",
      "22",
    ];
    expect(sorted.toReversed().sort(compareTags)).toEqual(sorted);
  });

  test("is a total order", () => {
    fc.assert(
      fc.property(anyTags(), anyTags(), anyTags(), (a, b, c) => {
        expect(Math.sign(compareTags(a, b))).toBe(-Math.sign(compareTags(b, a)) + 0);
        expect(compareTags(a, b) === 0).toBe(a === b);
        if (compareTags(a, b) <= 0 && compareTags(b, c) <= 0) expect(compareTags(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test("a tag longer than any registry may have is a name", () => {
  const text = "9".repeat(5) + ".9".repeat(100_000);
  expect(parseTag(text)).toEqual({ text, track: text });
});
