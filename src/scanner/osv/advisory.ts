import cvss from "ae-cvss-calculator";
import { z } from "zod";
import { effectiveSeverity, type Finding, type Severity } from "../../core/verdict/finding.ts";
import { isCve } from "../../core/verdict/vulnerability.ts";
import type { DistributionPackage } from "./packages.ts";

const text = z.string().max(4096);
const ids = z.array(text).max(10_000).optional();
const severity = z.array(z.object({ type: text, score: text })).max(20);
const affected = z.object({
  package: z.object({ ecosystem: text, name: text }).optional(),
  ranges: z
    .array(
      z.object({
        type: text,
        events: z.array(z.object({ introduced: text.optional(), fixed: text.optional() })).max(10_000),
      }),
    )
    .max(1000)
    .optional(),
  severity: severity.nullish(),
  ecosystem_specific: z.object({ urgency: text.optional(), severity: text.optional() }).nullish(),
  database_specific: z
    .object({
      severity: text.optional(),
      chainguard: z.object({ applies_to_subpackages: z.boolean().optional() }).optional(),
    })
    .nullish(),
});
type Affected = z.infer<typeof affected>;

/** An advisory in the OSV schema 1.7 (https://ossf.github.io/osv-schema/), as far as Oakum reads it; the rest is ignored. */
export const advisorySchema = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  withdrawn: text.nullish(),
  aliases: ids.nullable(),
  upstream: ids.nullable(),
  severity: severity.nullish(),
  affected: z.array(affected).max(20_000).nullish(),
  database_specific: z.object({ severity: text.optional() }).nullish(),
});

export type Advisory = z.infer<typeof advisorySchema>;

/** Whom an advisory is asked about. */
export interface Subject {
  readonly ecosystem: string;
  readonly package: DistributionPackage;
  readonly purl: string;
  /** Ids of vulnerabilities that are exploited in the wild. */
  readonly exploited: ReadonlySet<string>;
}

/**
 * The findings that an advisory is for a package: one for each CVE that it is about, as people count them, or one under its
 * own id. None when it was withdrawn, or says that it is about other packages of the same source.
 */
export function findingsOf(advisory: Advisory, subject: Subject): readonly Finding[] {
  if (advisory.withdrawn != null) return [];
  const { package: found, purl, exploited } = subject;
  const about = (advisory.affected ?? []).filter((one) => isAbout(one, subject));
  if (about.length > 0 && about.every((one) => isAboutAnother(one, found))) return [];
  const all = idsOf(advisory);
  const cves = all.filter(isCve);
  const score = scoreOf(advisory, about);
  const severity = namedSeverity(advisory, about) ?? effectiveSeverity({ severity: "unknown", ...score });
  return (cves.length === 0 ? [advisory.id] : cves).map((id) => {
    const aliases = all.filter((one) => one !== id && (cves.length < 2 || isAliasOf(one, id, advisory)));
    return {
      id,
      aliases,
      package: found.name,
      class: "os",
      purl,
      installed: found.version,
      fixed: [...new Set(about.flatMap(fixedVersions))],
      severity,
      ...score,
      knownExploited: [id, ...aliases].some((one) => exploited.has(one)),
      url: `https://osv.dev/vulnerability/${encodeURIComponent(advisory.id)}`,
    };
  });
}

/** How many vulnerabilities an advisory is about: a notice of a distribution may bundle many. */
export function breadthOf(advisory: Advisory): number {
  return Math.max(1, idsOf(advisory).filter(isCve).length);
}

function idsOf({ id, upstream, aliases }: Advisory): readonly string[] {
  return [...new Set([id, ...(upstream ?? []), ...(aliases ?? [])])];
}

/** Of an advisory about several CVEs: its own id, and the ids that are made of the CVE's (`UBUNTU-CVE-2026-1`). */
function isAliasOf(one: string, cve: string, advisory: Advisory): boolean {
  return one === advisory.id || one.endsWith(`-${cve}`);
}

function isAbout({ package: named }: Affected, { ecosystem, package: { source, name } }: Subject): boolean {
  return named?.ecosystem === ecosystem && (named.name === source || named.name === name);
}

/** Chainguard says so where an advisory is about one package alone, and not about what else was built from the source. */
function isAboutAnother({ package: named, database_specific: own }: Affected, found: DistributionPackage): boolean {
  return own?.chainguard?.applies_to_subpackages === false && named?.name !== found.name;
}

/** A fix in version 0 says that nothing was ever affected. */
function fixedVersions({ ranges = [] }: Affected): readonly string[] {
  return ranges.flatMap(({ type, events }) =>
    type === "GIT" ? [] : events.flatMap(({ fixed }) => (fixed === undefined || fixed === "0" ? [] : [fixed])),
  );
}

/** The highest CVSS base score of the vectors that can be read, whatever their version. */
function scoreOf(advisory: Advisory, about: readonly Affected[]): { readonly score?: number } {
  const scores = vectors(advisory, about).flatMap(({ type, score }) => {
    const base = type.startsWith("CVSS") ? cvss.fromVector(score.slice(0, 500))?.calculateScores().base : undefined;
    return base === undefined || Number.isNaN(base) ? [] : [base];
  });
  return scores.length === 0 ? {} : { score: Math.max(...scores) };
}

/** The distribution's own word first, then the database's: the distribution knows how it builds. */
function namedSeverity(advisory: Advisory, about: readonly Affected[]): Severity | undefined {
  const words = [
    ...about.map(({ ecosystem_specific: own }) => own?.urgency ?? own?.severity),
    ...vectors(advisory, about).map(({ type, score }) => (type.startsWith("CVSS") ? undefined : score)),
    ...about.map(({ database_specific: own }) => own?.severity),
    advisory.database_specific?.severity,
  ];
  return words.map((word) => WORDS.get(word?.toLowerCase().replace(/\*+$/, "") ?? "")).find((one) => one !== undefined);
}

function vectors(advisory: Advisory, about: readonly Affected[]) {
  return [...about.flatMap((one) => one.severity ?? []), ...(advisory.severity ?? [])];
}

/** Debian's urgencies, Ubuntu's priorities and GitHub's severities; `not yet assigned` and the like say nothing. */
const WORDS = new Map<string, Severity>([
  ["critical", "critical"],
  ["high", "high"],
  ["important", "high"],
  ["medium", "medium"],
  ["moderate", "medium"],
  ["low", "low"],
  ["negligible", "negligible"],
  ["unimportant", "negligible"],
]);
