import type { Urgency } from "../policy/policy.ts";
import { compareFindings, compareSeverity, effectiveSeverity, type Finding, type ScanReport } from "./finding.ts";
import type { Delta, Scans } from "./verdict.ts";
import { type Identity, identify, isCve } from "./vulnerability.ts";

/**
 * What changed between two sets of reports by the same scanner with the same advisories, each set read as one whole.
 * A finding is the same in both when vulnerability, package and class are; versions do not matter.
 *
 * Doubt counts against the change: nothing is fixed while anything that its ids are linked to is left in the package; and
 * findings with different CVEs are never the same, so that an advisory over several CVEs hides no introduced one.
 */
export function delta(before: readonly ScanReport[], after: readonly ScanReport[]): Delta {
  const identityOf = identify([...before, ...after].flatMap((report) => report.findings));
  const sightings = (reports: readonly ScanReport[]): readonly Sighting[] =>
    reports.flatMap((report) => report.findings).map((finding) => ({ finding, ...identityOf(finding) }));
  const old = sightings(before);
  const fresh = sightings(after);
  const oldSide = sideOf(old);
  const freshSide = sideOf(fresh);

  const gone = old.filter((sighting) => !isOn(freshSide, sighting));
  const doubtful = gone.filter(({ group }) => freshSide.has(group));
  return {
    fixed: distinct(gone.filter(({ group }) => !freshSide.has(group))),
    introduced: distinct(fresh.filter((sighting) => !isOn(oldSide, sighting))),
    remaining: distinct([...fresh.filter((sighting) => isOn(oldSide, sighting)), ...doubtful]),
  };
}

/** All that reports of one image found, over its platforms: each vulnerability once in each package, worst first. */
export function findingsOf(reports: readonly ScanReport[]): readonly Finding[] {
  return delta([], reports).introduced;
}

/** What changed by these scans; `undefined` while one of the two sides is missing. */
export function deltaOfScans(scans: Scans): Delta | undefined {
  if (scans.state !== "done" || scans.after.length === 0) return undefined;
  const { before = [], after } = scans;
  return before.length === 0 ? undefined : delta(before, after);
}

/** The urgency that the fixed findings of a delta give an update. */
export function urgencyOfDelta({ fixed }: Delta): Urgency {
  if (fixed.some((finding) => finding.knownExploited)) return "known-exploited";
  const severities = new Set(fixed.map(effectiveSeverity));
  if (severities.has("critical")) return "critical";
  return severities.has("high") ? "high" : "normal";
}

interface Sighting extends Identity {
  readonly finding: Finding;
}

/** For each group found on one side of the comparison: the CVEs seen, and whether anything was seen without one. */
type Side = ReadonlyMap<string, { readonly cves: ReadonlySet<string>; readonly anyWithoutCve: boolean }>;

function sideOf(sightings: readonly Sighting[]): Side {
  const groups = Map.groupBy(sightings, ({ group }) => group);
  const entries = [...groups].map(([group, members]) => {
    const cves = new Set(members.flatMap((member) => [...member.cves]));
    return [group, { cves, anyWithoutCve: members.some((member) => member.cves.size === 0) }] as const;
  });
  return new Map(entries);
}

/** Whether something on that side may be this vulnerability: linked to it, and not known by other CVEs alone. */
function isOn(side: Side, { group, cves }: Identity): boolean {
  const members = side.get(group);
  if (members === undefined) return false;
  return cves.size === 0 || members.anyWithoutCve || [...cves].some((cve) => members.cves.has(cve));
}

/** Worst first; of several sightings of one vulnerability in one package the worst stands for all. */
function distinct(sightings: readonly Sighting[]): readonly Finding[] {
  const worst = new Map<string, Finding>();
  for (const { finding, group, cves } of sightings) {
    const key = JSON.stringify([group, [...cves].sort()]);
    const other = worst.get(key);
    worst.set(key, other === undefined ? finding : merge(finding, other));
  }
  return [...worst.values()].sort(compareFindings);
}

/** The worse of two sightings, with all ids of both; people know it by its CVE. */
function merge(a: Finding, b: Finding): Finding {
  const worse = compareSeverity(effectiveSeverity(a), effectiveSeverity(b)) < 0 ? a : b;
  const ids = new Set([worse.id, a.id, b.id, ...a.aliases, ...b.aliases]);
  const id = [...ids].find(isCve) ?? worse.id;
  ids.delete(id);
  return { ...worse, id, aliases: [...ids], knownExploited: a.knownExploited || b.knownExploited };
}
