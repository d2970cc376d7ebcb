import fc from "fast-check";
import { expect, it } from "vitest";
import { reason } from "../../../src/core/reason.ts";
import {
  compareSeverity,
  effectiveSeverity,
  type Finding,
  type ScanReport,
  severities,
} from "../../../src/core/verdict/finding.ts";
import { judge } from "../../../src/core/verdict/judge.ts";
import type { Evidence, Scans } from "../../../src/core/verdict/verdict.ts";
import { amd64, finding, packages, report } from "../samples.ts";

const ID = fc.constantFrom("CVE-1", "CVE-2", "CVE-3", "GHSA-1", "GHSA-2");
const FINDING: fc.Arbitrary<Finding> = fc
  .record({
    id: ID,
    aliases: fc.array(ID, { maxLength: 1 }),
    package: fc.constantFrom("a", "b"),
    severity: fc.constantFrom(...severities),
    score: fc.constantFrom(0, 5, 7, 9.8),
    knownExploited: fc.boolean(),
  })
  .map(({ id, ...more }) => finding(id, more));
const REPORT: fc.Arbitrary<ScanReport> = fc
  .record({
    findings: fc.array(FINDING, { maxLength: 3 }),
    platform: fc.constantFrom(amd64, { os: "linux", architecture: "arm64" }),
    packages: fc.constantFrom(0, 5, 90, 100).map(packages),
    database: fc.constantFrom("new", "new", "new", "old"),
  })
  .map(({ findings, database, ...more }) => {
    return report(findings, { ...more, scanner: { name: "osv", version: "1", database } });
  });
const REPORTS = fc.array(REPORT, { maxLength: 3 });
const FAILURE = fc
  .constantFrom("build-failed", "build-timeout", "no-builder", "scan-unavailable")
  .map((code) => reason(code));
const UNDONE = fc.oneof(
  fc.constant({ state: "pending" } as const),
  FAILURE.map((why) => ({ state: "failed", reason: why }) as const),
);
const DONE = fc.record({ state: fc.constant("done" as const), before: REPORTS, after: REPORTS });
const EVIDENCE: fc.Arbitrary<Evidence> = fc.record({
  build: fc.oneof({ weight: 4, arbitrary: fc.constant({ state: "done" } as const) }, UNDONE),
  base: fc.constantFrom("on-new-base", "on-new-base", "not-applicable", "not-on-new-base", "unknown"),
  scans: fc.oneof({ weight: 4, arbitrary: DONE }, UNDONE),
  gate: fc.record({ failOn: fc.constantFrom(...severities) }),
  signature: fc.record({
    policy: fc.constantFrom("require", "prefer", "ignore"),
    state: fc.constantFrom("verified", "missing", "not-checked"),
  }),
});

/** Whether nothing at all is left to doubt, findings aside. */
function isComplete({ build, base, scans, signature }: Evidence): boolean {
  if (build.state !== "done" || scans.state !== "done" || scans.before === undefined) return false;
  const databases = new Set([...scans.before, ...scans.after].map(({ scanner }) => scanner.database));
  return (
    (base === "on-new-base" || base === "not-applicable") &&
    [scans.before, scans.after].every(({ length }) => length > 0) &&
    scans.after.every((one) => one.packages.length > 0) &&
    databases.size === 1 &&
    (signature.policy !== "require" || signature.state === "verified")
  );
}

/** The same evidence, with one more finding in the newest scan that is nothing that the old one knew. */
function withIntroduced(evidence: Evidence, scans: Scans & { state: "done" }, more: Partial<Finding>): Evidence {
  const [first, ...rest] = scans.after;
  if (first === undefined) return evidence;
  const introduced = finding("CVE-9", { package: "planted", ...more });
  return {
    ...evidence,
    scans: { ...scans, after: [{ ...first, findings: [...first.findings, introduced] }, ...rest] },
  };
}

it("passes only what is complete, and says why it does not pass", () => {
  fc.assert(
    fc.property(EVIDENCE, (evidence) => {
      const { state, reasons } = judge(evidence);
      expect(state === "pass").toBe(reasons.length === 0);
      if (!isComplete(evidence)) expect(state).not.toBe("pass");
    }),
    // Most evidence is doubtful in several ways at once.
    { numRuns: 2000 },
  );
});

it("never passes with an introduced finding that is exploited or reaches the gate, and fails where scans compare", () => {
  const severe = fc.record({ severity: fc.constantFrom(...severities), knownExploited: fc.boolean() });
  fc.assert(
    fc.property(EVIDENCE, DONE, severe, (evidence, scans, more) => {
      fc.pre(scans.after.length > 0);
      fc.pre(more.knownExploited || compareSeverity(effectiveSeverity(more), evidence.gate.failOn) <= 0);
      const { state } = judge(withIntroduced(evidence, scans, more));
      expect(state).not.toBe("pass");
      if (evidence.build.state === "done" && scans.before.length > 0) expect(state).toBe("fail");
    }),
  );
});

it("says the same in whatever order reports and findings come", () => {
  fc.assert(
    fc.property(EVIDENCE, (evidence) => {
      const { scans } = evidence;
      fc.pre(scans.state === "done");
      const turned = (reports: readonly ScanReport[]) =>
        reports.map((one) => ({ ...one, findings: one.findings.toReversed() })).toReversed();
      const other = { ...scans, before: turned(scans.before ?? []), after: turned(scans.after) };
      const codes = (input: Evidence) => {
        const { state, reasons } = judge(input);
        return [state, ...reasons.map(({ code }) => code)];
      };
      expect(codes({ ...evidence, scans: other })).toEqual(codes(evidence));
    }),
  );
});
