import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delta, urgencyOfDelta } from "../../../src/core/verdict/delta.ts";
import type { Finding } from "../../../src/core/verdict/finding.ts";
import { finding, report } from "../samples.ts";

function idsOf(before: readonly Finding[], after: readonly Finding[]) {
  const result = delta([report(before)], [report(after)]);
  const ids = (findings: readonly Finding[]) => findings.map((each) => each.id);
  return { fixed: ids(result.fixed), introduced: ids(result.introduced), remaining: ids(result.remaining) };
}

const cve1 = finding("CVE-1");
const cve2 = finding("CVE-2");

describe("delta", () => {
  it.each<[string, readonly Finding[], readonly Finding[], Partial<ReturnType<typeof idsOf>>]>([
    ["nothing", [], [], {}],
    ["gone is fixed", [cve1], [], { fixed: ["CVE-1"] }],
    ["new is introduced", [], [cve1], { introduced: ["CVE-1"] }],
    ["in both is remaining", [cve1, cve2], [cve2], { fixed: ["CVE-1"], remaining: ["CVE-2"] }],
    ["another version is the same", [cve1], [finding("CVE-1", { installed: "9" })], { remaining: ["CVE-1"] }],
    [
      "another package is not",
      [cve1],
      [finding("CVE-1", { package: "curl" })],
      { fixed: ["CVE-1"], introduced: ["CVE-1"] },
    ],
    [
      "another class is not",
      [cve1],
      [finding("CVE-1", { class: "lang" })],
      { fixed: ["CVE-1"], introduced: ["CVE-1"] },
    ],
    [
      "an alias is the same",
      [finding("CVE-1", { aliases: ["GHSA-1"] })],
      [finding("GHSA-1")],
      { remaining: ["GHSA-1"] },
    ],
    [
      "aliases link across findings",
      [finding("GHSA-1")],
      [finding("DSA-1"), finding("X", { package: "curl", aliases: ["GHSA-1", "DSA-1"] })],
      { introduced: ["X"], remaining: ["DSA-1"] },
    ],
    [
      "an advisory over two CVEs hides no introduced one, and fixes none by halves",
      [finding("CVE-1", { aliases: ["DSA-9"] })],
      [finding("CVE-2", { aliases: ["DSA-9"] })],
      { introduced: ["CVE-2"], remaining: ["CVE-1"] },
    ],
    [
      "an id without a CVE is known by the CVEs it stands beside",
      [finding("GHSA-1"), finding("CVE-1", { aliases: ["GHSA-1", "DSA-9"] })],
      [finding("CVE-2", { aliases: ["DSA-9"] })],
      { introduced: ["CVE-2"], remaining: ["CVE-1"] },
    ],
    ["two sightings stand once", [cve1, cve1, finding("GHSA-1", { aliases: ["CVE-1"] })], [], { fixed: ["CVE-1"] }],
  ])("%s", (_, before, after, expected) => {
    expect(idsOf(before, after)).toEqual({ fixed: [], introduced: [], remaining: [], ...expected });
  });

  it("lets the worst sighting stand for all, worst first", () => {
    const result = delta(
      [],
      [
        report([finding("CVE-1", { severity: "low", knownExploited: true }), cve2]),
        report([finding("CVE-1", { severity: "critical" })]),
      ],
    );
    expect(result.introduced).toEqual([finding("CVE-1", { severity: "critical", knownExploited: true }), cve2]);
  });

  const id = fc.constantFrom("CVE-1", "CVE-2", "CVE-3", "GHSA-1", "GHSA-2", "DSA-1", "__proto__");
  const some = fc.array(
    fc
      .record({
        id,
        aliases: fc.array(id, { maxLength: 2 }),
        package: fc.constantFrom("a", "b"),
        class: fc.constantFrom("os", "lang"),
      })
      .map(({ id, ...more }) => finding(id, more)),
    { maxLength: 12 },
  );

  it("is empty of changes between a report and itself, and turns around with its arguments", () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const same = delta([report(a)], [report(a)]);
        expect([same.fixed, same.introduced]).toEqual([[], []]);
        const gained = delta([], [report(b)]);
        expect(gained.introduced).toEqual(delta([report(b)], []).fixed);
      }),
    );
  });

  it("never calls an id fixed that is left in the package under any name, nor an old CVE introduced", () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { fixed, introduced } = delta([report(before)], [report(after)]);
        const names = (each: Finding) =>
          [each.id, ...each.aliases].map((name) => `${name} ${each.package} ${each.class}`);
        const left = new Set(after.flatMap(names));
        expect(fixed.flatMap(names).filter((name) => left.has(name))).toEqual([]);
        const known = new Set(before.flatMap(names));
        const cves = introduced.flatMap(names).filter((name) => name.startsWith("CVE-"));
        expect(cves.filter((name) => known.has(name))).toEqual([]);
      }),
    );
  });

  it("loses no CVE that is in the new image", () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { introduced, remaining } = delta([report(before)], [report(after)]);
        const cves = (findings: readonly Finding[]) =>
          new Set(findings.flatMap((each) => [each.id, ...each.aliases]).filter((name) => name.startsWith("CVE-")));
        const told = cves([...introduced, ...remaining]);
        expect([...cves(after)].filter((name) => !told.has(name))).toEqual([]);
      }),
    );
  });
});

describe("urgencyOfDelta", () => {
  it.each<[string, readonly Finding[]]>([
    [
      "known-exploited",
      [finding("a", { severity: "low", knownExploited: true }), finding("b", { severity: "critical" })],
    ],
    ["critical", [finding("a"), finding("b", { severity: "unknown", score: 9.1 })]],
    ["high", [finding("a"), finding("b", { severity: "low" })]],
    ["normal", [finding("a", { severity: "medium" })]],
    ["normal", []],
  ])("%s", (urgency, fixed) => {
    expect(urgencyOfDelta({ fixed, introduced: [finding("z", { knownExploited: true })], remaining: [] })).toBe(
      urgency,
    );
  });
});
