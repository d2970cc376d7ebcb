import { AppError } from "../../core/errors.ts";
import { compareFindings, type Finding } from "../../core/verdict/finding.ts";
import { type Advisory, breadthOf, findingsOf } from "./advisory.ts";
import type { AdvisorySource, Query } from "./client.ts";
import type { Inventory } from "./inventory.ts";
import type { Distribution } from "./os-release.ts";
import type { DistributionPackage } from "./packages.ts";
import { purlOf } from "./purl.ts";

/** Advisories fetched at a time. */
const IN_FLIGHT = 16;
/** Every distribution has it, and has had vulnerabilities in it. */
const EVERYWHERE = "openssl";
/** Where advisories name what is installed, and not only the source that it was built from. */
const BY_PACKAGE = new Set(["wolfi", "chainguard"]);

/**
 * What the advisory source knows of the packages, in the order in which people read it: one finding for each vulnerability
 * in each installed package, as trivy and grype list them. Throws INPUT for a release that the source has no advisories of,
 * and what the source throws.
 */
export async function findFindings(
  source: AdvisorySource,
  { distribution, packages }: Inventory,
): Promise<readonly Finding[]> {
  const exploited = await source.exploited();
  const questions = questionsOf(distribution, packages);
  const [known = [], ...answers] = await source.query([
    { package: { ecosystem: distribution.ecosystem, name: EVERYWHERE } },
    ...questions.values(),
  ]);
  if (known.length === 0) throw new AppError("INPUT", `OSV has no advisories for ${distribution.ecosystem}`);
  const hits = new Map([...questions.keys()].map((key, at) => [key, answers[at] ?? []]));
  const advisories = await fetchAdvisories(source, new Set([...hits.values()].flat()));
  return packages
    .flatMap((found) => {
      const ids = new Set(namesOf(distribution, found).flatMap((name) => hits.get(keyOf(name, found)) ?? []));
      const purl = purlOf(distribution, found);
      const subject = { ecosystem: distribution.ecosystem, package: found, purl, exploited };
      const about = [...ids].flatMap((id) => advisories.get(id) ?? []);
      // The advisory that is about one vulnerability knows more of it than the one that is about many.
      return merge(about.sort((a, b) => breadthOf(a) - breadthOf(b)).flatMap((one) => findingsOf(one, subject)));
    })
    .sort(compareFindings);
}

/** Each question once: many packages are built from one source. */
function questionsOf(
  { id, ecosystem }: Distribution,
  packages: readonly DistributionPackage[],
): ReadonlyMap<string, Query> {
  return new Map(
    packages.flatMap((found) =>
      namesOf({ id }, found).map((name): [string, Query] => [
        keyOf(name, found),
        { package: { ecosystem, name }, version: found.sourceVersion },
      ]),
    ),
  );
}

function namesOf({ id }: Pick<Distribution, "id">, { name, source }: DistributionPackage): readonly string[] {
  return BY_PACKAGE.has(id) ? [...new Set([source, name])] : [source];
}

function keyOf(name: string, { sourceVersion }: DistributionPackage): string {
  return JSON.stringify([name, sourceVersion]);
}

async function fetchAdvisories(
  source: AdvisorySource,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Advisory>> {
  const fetched = new Map<string, Advisory>();
  const rest = [...ids];
  while (rest.length > 0) {
    // In turns, so that a source that fails is not asked for all the others.
    const some = await Promise.all(
      rest.splice(0, IN_FLIGHT).map(async (id) => [id, await source.advisory(id)] as const),
    );
    for (const [id, advisory] of some) fetched.set(id, advisory);
  }
  return fetched;
}

/** The findings of one package, each vulnerability once: what the first says, completed by what the others add. */
function merge(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const first = merged.get(finding.id);
    merged.set(finding.id, first === undefined ? finding : complete(first, finding));
  }
  return [...merged.values()];
}

function complete(first: Finding, other: Finding): Finding {
  const score = first.score ?? other.score;
  return {
    ...first,
    aliases: [...new Set([...first.aliases, ...other.aliases])],
    fixed: [...new Set([...first.fixed, ...other.fixed])],
    severity: first.severity === "unknown" ? other.severity : first.severity,
    ...(score !== undefined && { score }),
    knownExploited: first.knownExploited || other.knownExploited,
  };
}
