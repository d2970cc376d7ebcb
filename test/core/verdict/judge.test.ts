import { describe, expect, it } from "vitest";
import { reason } from "../../../src/core/reason.ts";
import { judge, verdictKey } from "../../../src/core/verdict/judge.ts";
import type { Evidence, Scans, Verdict } from "../../../src/core/verdict/verdict.ts";
import { evidence, finding, packages, report } from "../samples.ts";

const old = finding("CVE-2026-1");
const fresh = finding("CVE-2026-2");

function scans(before: Parameters<typeof report>, after: Parameters<typeof report>): Evidence {
  return evidence({ scans: { state: "done", before: [report(...before)], after: [report(...after)] } });
}

const done = (more: Partial<Extract<Scans, { state: "done" }>>): Scans => ({
  state: "done",
  after: [report([])],
  ...more,
});

describe("judge", () => {
  it.each<[string, Evidence, Verdict["state"], readonly string[]]>([
    ["complete evidence passes", evidence(), "pass", []],
    ["what was there before may remain", scans([[old]], [[old]]), "pass", []],
    ["a change without a base", evidence({ base: "not-applicable" }), "pass", []],
    ["a build under way", evidence({ build: { state: "pending" }, base: "unknown" }), "held", ["build-pending"]],
    [
      "a failed build",
      evidence({ build: { state: "failed", reason: reason("build-failed") } }),
      "fail",
      ["build-failed"],
    ],
    [
      "another image than expected",
      evidence({ build: { state: "failed", reason: reason("build-mismatch") } }),
      "fail",
      ["build-mismatch"],
    ],
    ["no builder", evidence({ build: { state: "failed", reason: reason("no-builder") } }), "held", ["no-builder"]],
    [
      "a build that the App may not ask for",
      evidence({ build: { state: "failed", reason: reason("permission-missing") } }),
      "held",
      ["permission-missing"],
    ],
    [
      "nothing to compare with",
      evidence({ scans: { state: "failed", reason: reason("baseline-missing") } }),
      "held",
      ["baseline-missing"],
    ],
    [
      "a build out of time",
      evidence({ build: { state: "failed", reason: reason("build-timeout") } }),
      "held",
      ["build-timeout"],
    ],
    ["the old base", evidence({ base: "not-on-new-base" }), "fail", ["not-on-new-base"]],
    ["an unknown base", evidence({ base: "unknown" }), "held", ["base-unknown"]],
    ["a scan under way", evidence({ scans: { state: "pending" } }), "held", ["scan-pending"]],
    [
      "a failed scan",
      evidence({ scans: { state: "failed", reason: reason("scan-unavailable") } }),
      "held",
      ["scan-unavailable"],
    ],
    [
      "an unsupported image",
      evidence({ scans: { state: "failed", reason: reason("scan-unsupported") } }),
      "held",
      ["scan-unsupported"],
    ],
    ["no scan from before", evidence({ scans: done({}) }), "held", ["scan-unavailable"]],
    ["an empty list from before", evidence({ scans: done({ before: [] }) }), "held", ["scan-unavailable"]],
    [
      "an empty list from after",
      evidence({ scans: done({ before: [report([])], after: [] }) }),
      "held",
      ["scan-unavailable"],
    ],
    [
      "a scan that saw nothing",
      scans([[], { packages: packages(3) }], [[], { packages: [] }]),
      "held",
      ["scan-unsupported"],
    ],
    [
      "other advisories",
      scans([[]], [[], { scanner: { name: "osv", version: "0.1.0", database: "older" } }]),
      "held",
      ["scan-unavailable"],
    ],
    ["half of the packages", scans([[], { packages: packages(10) }], [[], { packages: packages(5) }]), "pass", []],
    [
      "fewer than half",
      scans([[], { packages: packages(10) }], [[], { packages: packages(4) }]),
      "held",
      ["package-collapse"],
    ],
    ["fewer than half of few", scans([[], { packages: packages(9) }], [[], { packages: packages(1) }]), "pass", []],
    [
      "a platform lost",
      scans([[], { platform: { os: "linux", architecture: "arm64" } }], [[]]),
      "held",
      ["package-collapse"],
    ],
    ["a high finding introduced", scans([[old]], [[old, fresh]]), "fail", ["findings-introduced"]],
    ["a critical one", scans([[]], [[finding("CVE-3", { severity: "critical" })]]), "fail", ["findings-introduced"]],
    ["a medium one", scans([[]], [[finding("CVE-3", { severity: "medium" })]]), "pass", []],
    [
      "an unrated one with a high score",
      scans([[]], [[finding("CVE-3", { severity: "unknown", score: 7 })]]),
      "fail",
      ["findings-introduced"],
    ],
    ["an unrated one", scans([[]], [[finding("CVE-3", { severity: "unknown" })]]), "held", ["severity-unknown"]],
    [
      "an exploited one, whatever its severity",
      scans([[]], [[finding("CVE-3", { severity: "low", knownExploited: true })]]),
      "fail",
      ["known-exploited"],
    ],
    [
      "no signature where one is required",
      evidence({ signature: { policy: "require", state: "missing" } }),
      "held",
      ["signature-missing"],
    ],
    [
      "an unchecked signature where one is required",
      evidence({ signature: { policy: "require", state: "not-checked" } }),
      "held",
      ["signature-missing"],
    ],
    [
      "a signature where one is required",
      evidence({ signature: { policy: "require", state: "verified" } }),
      "pass",
      [],
    ],
    [
      "no signature where one is preferred",
      evidence({ signature: { policy: "prefer", state: "missing" } }),
      "pass",
      [],
    ],
    [
      "a failure among doubts",
      { ...scans([[], { packages: packages(90) }], [[fresh], { packages: packages(9) }]), base: "unknown" },
      "fail",
      ["findings-introduced", "base-unknown", "package-collapse"],
    ],
  ])("%s", (_, input, state, codes) => {
    const verdict = judge(input);
    expect({ state: verdict.state, codes: verdict.reasons.map(({ code }) => code) }).toEqual({ state, codes });
  });

  it.each(["critical", "high", "medium", "low", "negligible", "unknown"] as const)(
    "fails on %s from failOn %s on",
    (failOn) => {
      const order = ["critical", "high", "medium", "low", "negligible", "unknown"] as const;
      for (const severity of order) {
        const input = { ...scans([[]], [[finding("CVE-3", { severity })]]), gate: { failOn } };
        const reaches = order.indexOf(severity) <= order.indexOf(failOn);
        expect(judge(input).state).toBe(reaches ? "fail" : severity === "unknown" ? "held" : "pass");
      }
    },
  );

  it("names what is introduced, worst first and bounded", () => {
    const many = Array.from({ length: 12 }, (_, index) => finding(`CVE-${10 + index}`));
    const [why] = judge(scans([[]], [[...many, finding(`CVE-${"9".repeat(500)}`, { severity: "critical" })]])).reasons;
    expect(why?.detail).toBe(
      `CVE-${"9".repeat(60)} critical, CVE-10 high, CVE-11 high, CVE-12 high, CVE-13 high, CVE-14 high, CVE-15 high, CVE-16 high, CVE-17 high, CVE-18 high and 3 more`,
    );
  });
});

describe("verdictKey", () => {
  const base = evidence({ scans: done({ before: [report([old]), report([fresh])], after: [report([old, fresh])] }) });

  it("is the same in any order of reports, findings and keys", () => {
    const turned = evidence({
      scans: { after: [report([fresh, old])], before: [report([fresh]), report([old])], state: "done" },
    });
    expect(verdictKey(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(verdictKey(turned)).toBe(verdictKey(base));
  });

  it.each<[string, Partial<Evidence>]>([
    ["the build", { build: { state: "pending" } }],
    ["the gate", { gate: { failOn: "critical" } }],
    ["the base", { base: "unknown" }],
    ["the signature", { signature: { policy: "prefer", state: "verified" } }],
    ["a finding", { scans: done({ before: [report([old]), report([fresh])], after: [report([old])] }) }],
    [
      "the number of packages",
      {
        scans: done({
          before: [report([old]), report([fresh])],
          after: [report([old, fresh], { packages: packages(7) })],
        }),
      },
    ],
  ])("changes with %s", (_, more) => {
    expect(verdictKey({ ...base, ...more })).not.toBe(verdictKey(base));
  });

  it("takes hostile text", () => {
    expect(verdictKey(scans([[]], [[finding("\ud800\0")]]))).toMatch(/^[0-9a-f]{64}$/);
  });
});
