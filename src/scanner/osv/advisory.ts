import cvss from "ae-cvss-calculator";
import { z } from "zod";
import type { Finding, Severity } from "../../core/finding.ts";
import type { DistributionPackage } from "./packages.ts";

const text = z.string().max(4096);
const range = z.object({
  type: z.string(),
  events: z.array(z.object({ introduced: text.optional(), fixed: text.optional() })).max(1000),
});
const affected = z.object({
  package: z.object({ ecosystem: text, name: text }).optional(),
  ranges: z.array(range).max(1000).optional(),
  severity: z
    .array(z.object({ type: text, score: text }))
    .max(10)
    .optional(),
  ecosystem_specific: z.object({ urgency: text.optional(), severity: text.optional() }).optional(),
  database_specific: z.object({ severity: text.optional() }).optional(),
});

/** An advisory in the OSV schema, as far as Oakum reads it. What else is in it is ignored. */
export const advisorySchema = z.object({
  id: z.string().min(1).max(200),
  withdrawn: text.optional(),
  aliases: z.array(text).max(500).optional(),
  upstream: z.array(text).max(500).optional(),
  severity: z
    .array(z.object({ type: text, score: text }))
    .max(10)
    .optional(),
  affected: z.array(affected).max(20_000).optional(),
  database_specific: z.object({ severity: text.optional() }).optional(),
});

export type Advisory = z.infer<typeof advisorySchema>;

/** The finding that an advisory is for a package; `undefined` when the advisory was withdrawn. */
export function findingOf(
  advisory: Advisory,
  ecosystem: string,
  found: DistributionPackage,
  purl: string,
  exploited: ReadonlySet<string>,
): Finding | undefined {
  if (advisory.withdrawn !== undefined) return undefined;
  const about = (advisory.affected ?? []).filter(
    ({ package: named }) => named?.ecosystem === ecosystem && named.name === found.source,
  );
  const ids = [...new Set([advisory.id, ...(advisory.upstream ?? []), ...(advisory.aliases ?? [])])];
  const id = ids.find((one) => one.startsWith("CVE-")) ?? advisory.id;
  const score = scoreOf([...about.flatMap(({ severity }) => severity ?? []), ...(advisory.severity ?? [])]);
  return {
    id,
    aliases: ids.filter((one) => one !== id),
    package: found.name,
    class: "os",
    purl,
    installed: found.version,
    fixed: [...new Set(about.flatMap(fixedVersions))],
    severity: severityOf(advisory, about, score),
    ...(score !== undefined && { score }),
    knownExploited: ids.some((one) => exploited.has(one)),
    url: `https://osv.dev/vulnerability/${encodeURIComponent(advisory.id)}`,
  };
}

function fixedVersions({ ranges = [] }: z.infer<typeof affected>): readonly string[] {
  return ranges.flatMap(({ type, events }) =>
    type === "GIT" ? [] : events.flatMap(({ fixed }) => (fixed === undefined ? [] : [fixed])),
  );
}

/** The highest CVSS base score of the vectors that can be read, whatever their version. */
function scoreOf(vectors: readonly { readonly type: string; readonly score: string }[]): number | undefined {
  const scores = vectors.flatMap(({ score }) => {
    const base = cvss.fromVector(score.slice(0, 500))?.calculateScores().base;
    return base === undefined || Number.isNaN(base) ? [] : [base];
  });
  return scores.length === 0 ? undefined : Math.max(...scores);
}

/** The distribution's own word first, then the database's, then the score: the distribution knows how it builds. */
function severityOf(
  advisory: Advisory,
  about: readonly z.infer<typeof affected>[],
  score: number | undefined,
): Severity {
  const words = [
    ...about.map(({ ecosystem_specific: own }) => own?.urgency ?? own?.severity),
    ...about.map(({ database_specific: own }) => own?.severity),
    ...(advisory.severity ?? []).map((one) => (one.type.startsWith("CVSS") ? undefined : one.score)),
    advisory.database_specific?.severity,
  ];
  const named = words.flatMap((word) => WORDS.get(word?.toLowerCase() ?? "") ?? []);
  const [first] = named;
  if (first !== undefined) return first;
  return score === undefined ? "unknown" : (BANDS.find(([least]) => score >= least)?.[1] ?? "negligible");
}

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

/** The bands of the CVSS specification's qualitative scale. */
const BANDS: readonly (readonly [number, Severity])[] = [
  [9, "critical"],
  [7, "high"],
  [4, "medium"],
  [0.1, "low"],
];
