import { isAppError } from "../../core/errors.ts";
import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import type { PinnedImage, Platform } from "../../core/reference.ts";
import type { ScanReport } from "../../core/verdict/finding.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Scanner } from "../scanner.ts";
import type { AdvisorySource } from "./client.ts";
import { findFindings } from "./findings.ts";
import { readInventory } from "./inventory.ts";
import { createLayerCache } from "./layer-cache.ts";
import { purlOf } from "./purl.ts";

const NO_PACKAGES = "no package database of a distribution that OSV knows";

/**
 * The embedded scanner: reads the distribution's package database from the image's layers, pulled by digest through our own
 * client, and asks OSV. It needs nothing installed. It reads what the distribution installed; packages of languages are
 * for the scanners that larger users add.
 */
export function createOsvScanner(options: {
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  /** Milliseconds since the epoch. */
  now(): number;
}): Scanner {
  const { registry, advisories } = options;
  const cache = createLayerCache();
  return {
    kind: "osv",
    async scan(image: PinnedImage, platform: Platform): Promise<Outcome<ScanReport>> {
      try {
        const inventory = await readInventory(registry, image, platform, cache);
        if (inventory === undefined) return { state: "failed", reason: reason("scan-unsupported", NO_PACKAGES) };
        const findings = await findFindings(advisories, inventory);
        const database = `osv.dev ${new Date(options.now()).toISOString().slice(0, 10)}`;
        const scanner = { name: "osv", version: "1", database };
        const packages = inventory.packages.map((one) => {
          return { name: one.name, version: one.version, purl: purlOf(inventory.distribution, one) };
        });
        return { state: "done", value: { image, platform, scanner, packages, findings } };
      } catch (error) {
        return failure(error);
      }
    },
  };
}

/** DENIED means a person, and anything else is a bug: both are thrown. */
function failure(error: unknown): Outcome<never> {
  if (isAppError(error, "UNAVAILABLE")) return { state: "failed", reason: reason("scan-unavailable", error.message) };
  if (isAppError(error, "INPUT")) return { state: "failed", reason: reason("scan-unsupported", error.message) };
  throw error;
}
