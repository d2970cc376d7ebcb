import { describe, expect, it } from "vitest";
import { type Advisory, advisorySchema, breadthOf, findingsOf } from "../../../src/scanner/osv/advisory.ts";

const PURL = "pkg:deb/debian/libssl3@3.0.15-1?arch=amd64&distro=debian-12";
const SUBJECT = {
  ecosystem: "Debian:12",
  package: {
    name: "libssl3",
    version: "3.0.15-1",
    source: "openssl",
    sourceVersion: "3.0.15-1",
    architecture: "amd64",
  },
  purl: PURL,
  exploited: new Set(["CVE-2026-7"]),
};
const V3 = { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" };
const V4 = { type: "CVSS_V4", score: "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N" };
const V2 = { type: "CVSS_V2", score: "AV:N/AC:L/Au:N/C:P/I:P/A:P" };

type Affected = NonNullable<Advisory["affected"]>[number];

function affects(
  more: object = {},
  fixed: readonly string[] = [],
  ecosystem = "Debian:12",
  name = "openssl",
): Affected {
  const events = [{ introduced: "0" }, ...fixed.map((one) => ({ fixed: one }))];
  return { package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }], ...more };
}

/** As OSV makes it of Debian's tracker. */
function advisory(more: object = {}): Advisory {
  const base = { id: "DEBIAN-CVE-2026-1", upstream: ["CVE-2026-1"], affected: [affects()] };
  return advisorySchema.parse({ ...base, ...more });
}

describe("findingsOf", () => {
  it("reads a record of Debian's tracker", () => {
    const record = advisory({
      schema_version: "1.7.3",
      severity: [V3],
      affected: [
        affects({ ecosystem_specific: { urgency: "not yet assigned" } }, ["3.0.17-1~deb12u2"]),
        affects({ ecosystem_specific: { urgency: "low" } }, ["3.5.1-1"], "Debian:13"),
      ],
    });
    expect(findingsOf(record, SUBJECT)).toEqual([
      {
        id: "CVE-2026-1",
        aliases: ["DEBIAN-CVE-2026-1"],
        package: "libssl3",
        class: "os",
        purl: PURL,
        installed: "3.0.15-1",
        fixed: ["3.0.17-1~deb12u2"],
        severity: "critical",
        score: 9.8,
        knownExploited: false,
        url: "https://osv.dev/vulnerability/DEBIAN-CVE-2026-1",
      },
    ]);
  });

  it.each<[title: string, more: object, severity: string, score?: number]>([
    ["CVSS 3", { severity: [V3] }, "critical", 9.8],
    ["CVSS 4", { severity: [V4] }, "medium", 4.8],
    ["CVSS 2", { severity: [V2] }, "high", 7.5],
    ["the worst of several", { severity: [V4, V2, V3] }, "critical", 9.8],
    ["the affected package's own CVSS", { affected: [affects({ severity: [V2] })] }, "high", 7.5],
    [
      "a score of nothing",
      { severity: [{ ...V3, score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N" }] },
      "unknown",
      0,
    ],
    ["half a vector", { severity: [{ ...V3, score: "CVSS:3.1/AV:N" }] }, "unknown"],
    ["no vector", { severity: [{ ...V3, score: "none" }] }, "unknown"],
    [
      "Debian's urgency before the score",
      { severity: [V3], affected: [affects({ ecosystem_specific: { urgency: "unimportant" } })] },
      "negligible",
      9.8,
    ],
    [
      "Debian's urgency with its mark",
      { affected: [affects({ ecosystem_specific: { urgency: "medium**" } })] },
      "medium",
    ],
    ["an urgency that is none", { affected: [affects({ ecosystem_specific: { urgency: "end-of-life" } })] }, "unknown"],
    ["Ubuntu's priority before the score", { severity: [V3, { type: "Ubuntu", score: "low" }] }, "low", 9.8],
    ["GitHub's severity", { database_specific: { severity: "MODERATE" } }, "medium"],
    [
      "a database's severity of the package",
      { affected: [affects({ database_specific: { severity: "IMPORTANT" } })] },
      "high",
    ],
    [
      "another release's urgency",
      { affected: [affects(), affects({ ecosystem_specific: { urgency: "high" } }, [], "Debian:13")] },
      "unknown",
    ],
    ["nothing", {}, "unknown"],
  ])("takes the severity from %s", (_, more, severity, score) => {
    const [finding] = findingsOf(advisory(more), SUBJECT);
    expect({ severity: finding?.severity, score: finding?.score }).toEqual({ severity, score });
  });

  it.each<[title: string, affected: readonly Affected[], fixed: readonly string[]]>([
    ["none yet", [affects()], []],
    ["several, each once", [affects({}, ["2", "1"]), affects({}, ["2"])], ["2", "1"]],
    [
      "those of this release and source only",
      [affects({}, ["1"], "Debian:13"), affects({}, ["2"], "Debian:12", "openssh")],
      [],
    ],
    ["no commits", [{ ...affects(), ranges: [{ type: "GIT", events: [{ fixed: "abcdef" }] }] }], []],
    ["not the one that says it was never affected", [affects({}, ["0"])], []],
  ])("lists the versions with a fix: %s", (_, affected, fixed) => {
    expect(findingsOf(advisory({ affected }), SUBJECT)[0]?.fixed).toEqual(fixed);
  });

  it("makes one finding of each CVE that a notice bundles, with the ids that are its own", () => {
    const notice = advisory({
      id: "USN-1-1",
      upstream: ["CVE-2026-6", "CVE-2026-7", "UBUNTU-CVE-2026-6", "UBUNTU-CVE-2026-7"],
    });
    expect(breadthOf(notice)).toBe(2);
    expect(findingsOf(notice, SUBJECT)).toMatchObject([
      { id: "CVE-2026-6", aliases: ["USN-1-1", "UBUNTU-CVE-2026-6"], knownExploited: false },
      { id: "CVE-2026-7", aliases: ["USN-1-1", "UBUNTU-CVE-2026-7"], knownExploited: true },
    ]);
  });

  it("keeps the advisory's id where there is no CVE", () => {
    expect(findingsOf(advisory({ id: "DSA-1-1", upstream: null, aliases: ["GHSA-x"] }), SUBJECT)).toMatchObject([
      { id: "DSA-1-1", aliases: ["GHSA-x"] },
    ]);
  });

  it("says nothing of an advisory that was withdrawn", () => {
    expect(findingsOf(advisory({ withdrawn: "2026-01-01T00:00:00Z" }), SUBJECT)).toEqual([]);
  });

  it("leaves out what is about another package of the same source alone", () => {
    const alone = { database_specific: { chainguard: { applies_to_subpackages: false } } };
    const about = (name: string) => advisory({ affected: [affects(alone, [], "Debian:12", name)] });
    expect(findingsOf(about("openssl"), SUBJECT)).toEqual([]);
    expect(findingsOf(about("libssl3"), SUBJECT)).toHaveLength(1);
  });
});

describe("advisorySchema", () => {
  it.each<[title: string, more: object]>([
    ["an id that is no id", { id: "\ud800" }],
    ["an id with a blank", { id: "a b" }],
    ["no id", { id: undefined }],
    ["endless aliases", { aliases: Array(10_001).fill("x") }],
    ["texts where lists belong", { affected: "x" }],
  ])("refuses %s", (_, more) => {
    expect(() => advisory(more)).toThrow();
  });

  it("lets no field of an advisory reach a prototype", () => {
    const text = '{"id":"A-1","__proto__":{"withdrawn":"x"},"database_specific":{"__proto__":{"severity":"critical"}}}';
    const parsed = advisorySchema.parse(JSON.parse(text));
    expect(findingsOf(parsed, SUBJECT)).toMatchObject([{ id: "A-1", severity: "unknown" }]);
  });
});
