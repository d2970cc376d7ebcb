import { describe, expect, it } from "vitest";
import {
  compareFindings,
  countBySeverity,
  effectiveSeverity,
  type Finding,
} from "../../../src/core/verdict/finding.ts";
import { finding } from "../samples.ts";

describe("effectiveSeverity", () => {
  it.each<[Finding["severity"], number | undefined, Finding["severity"]]>([
    ["low", 9.8, "low"],
    ["unknown", 9, "critical"],
    ["unknown", 8.9, "high"],
    ["unknown", 7, "high"],
    ["unknown", 6.9, "medium"],
    ["unknown", 4, "medium"],
    ["unknown", 3.9, "low"],
    ["unknown", 0.1, "low"],
    ["unknown", 0, "unknown"],
    ["unknown", undefined, "unknown"],
    ["unknown", Number.NaN, "unknown"],
  ])("%s with score %s is %s", (severity, score, expected) => {
    expect(effectiveSeverity(score === undefined ? { severity } : { severity, score })).toBe(expected);
  });
});

describe("countBySeverity", () => {
  it("counts effective severities", () => {
    const findings = [
      finding("a"),
      finding("b", { severity: "unknown", score: 7.5 }),
      finding("c", { severity: "unknown" }),
    ];
    expect(countBySeverity(findings)).toEqual({ critical: 0, high: 2, medium: 0, low: 0, negligible: 0, unknown: 1 });
  });
});

describe("compareFindings", () => {
  it("puts exploited ones first, then the worst, then by id and package", () => {
    const sorted = [
      finding("CVE-4", { severity: "low", knownExploited: true }),
      finding("CVE-3", { severity: "critical" }),
      finding("CVE-1", { package: "a" }),
      finding("CVE-1", { package: "b" }),
      finding("CVE-2"),
      finding("CVE-0", { severity: "unknown" }),
    ];
    expect(sorted.toReversed().sort(compareFindings)).toEqual(sorted);
  });
});
