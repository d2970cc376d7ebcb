import { expect, test } from "vitest";
import { isSamePlatform, type PinnedImage, type Platform } from "../../src/core/reference.ts";
import type { ScanReport } from "../../src/core/verdict/finding.ts";
import type { Context } from "../../src/flow/context.ts";
import { scanBeside } from "../../src/flow/gate/scan.ts";

const PLATFORM: Platform = { os: "linux", architecture: "riscv64" };
const imageOf = (digit: string): PinnedImage => {
  return { registry: "ghcr.io", repository: "acme/web", digest: `sha256:${digit.repeat(64)}` };
};
const old = imageOf("1");
const fresh = imageOf("2");

/** Steps that scan with the advisories of these days, one scan after the other; what was scanned is remembered. */
function contextOf(days: readonly string[], known: readonly ScanReport[] = []) {
  const scanned: PinnedImage[] = [];
  const scans = new Map(known.map((report) => [report.image.digest, report]));
  const context = {
    now: () => 0,
    registry: {
      manifest: async () => ({ kind: "image" }),
      config: async (_: PinnedImage, platform: Platform = PLATFORM) =>
        isSamePlatform(platform, PLATFORM) ? { platform: PLATFORM, diffIds: [] } : undefined,
    },
    store: {
      scans: {
        find: async ({ digest }: PinnedImage, _: Platform, __: string, notBefore: number) =>
          notBefore < 0 ? scans.get(digest) : undefined,
        save: async (report: ScanReport) => void scans.set(report.image.digest, report),
      },
    },
    scanner: {
      kind: "osv",
      scan: async (image: PinnedImage) => {
        scanned.push(image);
        return { state: "done", value: reportOf(image, days[scanned.length - 1] ?? "later") };
      },
    },
  } as unknown as Context;
  return { context, scanned };
}

function reportOf(image: PinnedImage, day: string): ScanReport {
  const scanner = { name: "osv", version: "1", database: `osv.dev ${day}` };
  return { image, platform: PLATFORM, scanner, packages: [], findings: [] };
}

const done = (day: string) => {
  return { state: "done", value: { before: [reportOf(old, day)], after: [reportOf(fresh, day)] } };
};

test("old and new are scanned once where the advisories are the same", async () => {
  const { context, scanned } = contextOf(["monday", "monday"]);
  expect(await scanBeside(context, [old], [fresh])).toEqual(done("monday"));
  expect(scanned).toEqual([fresh, old]);
});

test.each([
  ["the new one before midnight", [reportOf(fresh, "monday")]],
  ["the old one before midnight", [reportOf(old, "monday")]],
  ["both before midnight, in two days", [reportOf(old, "monday"), reportOf(fresh, "sunday")]],
])("both are scanned anew where %s", async (_, known) => {
  const { context } = contextOf(["tuesday", "tuesday", "tuesday"], known);
  expect(await scanBeside(context, [old], [fresh])).toEqual(done("tuesday"));
});

test("what midnight divides again is not available, and no verdict", async () => {
  const { context } = contextOf(["monday", "tuesday", "tuesday", "wednesday"]);
  const divided = { state: "failed", reason: { code: "scan-unavailable", detail: expect.stringContaining("changed") } };
  expect(await scanBeside(context, [old], [fresh])).toEqual(divided);
});
