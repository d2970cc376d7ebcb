import { isAppError } from "../../core/errors.ts";
import { compareFindings, type Finding, type InstalledPackage, type ScanReport } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import type { PinnedImage, Platform } from "../../core/reference.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Scanner } from "../scanner.ts";
import { findingOf } from "./advisory.ts";
import type { AdvisorySource, Query } from "./client.ts";
import { type Inventory, type LayerCache, readInventory } from "./inventory.ts";
import type { DistributionPackage } from "./packages.ts";

/** Advisories fetched at a time. */
const IN_FLIGHT = 8;

/**
 * The embedded scanner: reads the distribution's package database from the image's layers, pulled by digest through our own
 * client, and asks OSV. It needs nothing installed. It reads what the distribution installed; packages of languages are
 * for the scanners that larger users add.
 */
export function createOsvScanner(options: {
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  now(): number;
}): Scanner {
  const { registry, advisories } = options;
  const cache: LayerCache = new Map();
  return {
    kind: "osv",
    async scan(image: PinnedImage, platform: Platform): Promise<Outcome<ScanReport>> {
      try {
        const inventory = await readInventory(registry, image, platform, cache);
        if (inventory === undefined) return { state: "failed", reason: reason("scan-unsupported", NO_PACKAGES) };
        const findings = await findingsOf(advisories, inventory);
        const database = `osv.dev ${new Date(options.now()).toISOString().slice(0, 10)}`;
        const scanner = { name: "osv", version: "1", database };
        const packages = inventory.packages.map((one) => installed(inventory, one));
        return { state: "done", value: { image, platform, scanner, packages, findings } };
      } catch (error) {
        if (isAppError(error, "UNAVAILABLE"))
          return { state: "failed", reason: reason("scan-unavailable", error.message) };
        if (isAppError(error, "INPUT")) return { state: "failed", reason: reason("scan-unsupported", error.message) };
        throw error;
      }
    },
  };
}

const NO_PACKAGES = "no package database of a distribution that OSV knows";

async function findingsOf(advisories: AdvisorySource, inventory: Inventory): Promise<readonly Finding[]> {
  const { distribution, packages } = inventory;
  const exploited = await advisories.exploited();
  const queries = packages.map(
    (one): Query => ({
      package: { ecosystem: distribution.ecosystem, name: one.source },
      version: one.sourceVersion,
    }),
  );
  const answers = await advisories.query(queries);
  const hits = packages.flatMap((found, index) => (answers[index] ?? []).map((id) => ({ found, id })));
  const findings: Finding[] = [];
  const queue = hits.values();
  const worker = async () => {
    for (const { found, id } of queue) {
      const advisory = await advisories.advisory(id);
      const { purl } = installed(inventory, found);
      const finding = findingOf(advisory, distribution.ecosystem, found, purl, exploited);
      if (finding !== undefined) findings.push(finding);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return findings.sort(compareFindings);
}

/** The package URL specification's form for a distribution's package. */
function installed({ distribution }: Inventory, found: DistributionPackage): InstalledPackage {
  const type = APK.has(distribution.id) ? "apk" : "deb";
  const [name, version, arch] = [found.name, found.version, found.architecture].map(encodeURIComponent);
  const purl = `pkg:${type}/${encodeURIComponent(distribution.id)}/${name}@${version}?arch=${arch}`;
  return { name: found.name, version: found.version, purl };
}

const APK = new Set(["alpine", "wolfi", "chainguard"]);
