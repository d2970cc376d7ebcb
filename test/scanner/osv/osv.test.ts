import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { publish } from "../../../sandbox/images.ts";
import { startAdvisories } from "../../../sandbox/osv/server.ts";
import { pushImage } from "../../../sandbox/registry/image.ts";
import { type Layer, layer, sha256 } from "../../../sandbox/registry/layer.ts";
import { type RunningRegistry, startRegistry } from "../../../sandbox/registry/server.ts";
import type { Outcome } from "../../../src/core/outcome.ts";
import type { Digest, Platform } from "../../../src/core/reference.ts";
import type { ScanReport } from "../../../src/core/verdict/finding.ts";
import { createAdvisorySource } from "../../../src/scanner/osv/client.ts";
import { createOsvScanner } from "../../../src/scanner/osv/osv.ts";
import { loopbackClient } from "../../registry/client.ts";
import { tarOf } from "./archive.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const S390X = { os: "linux", architecture: "s390x" };
const NOW = Date.parse("2026-11-23T12:00:00Z");
const DEBIAN = { "etc/os-release": 'ID=debian\nVERSION_ID="12"\n' };

let state: string;
let registry: RunningRegistry;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "oakum-scan-"));
  registry = await startRegistry({ state });
});

afterAll(async () => {
  await registry.close();
  await rm(state, { recursive: true, force: true });
});

function status(...packages: readonly string[]): string {
  return packages
    .map((one) => one.split(" "))
    .map(
      ([name, version, source = name]) =>
        `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nSource: ${source}`,
    )
    .join("\n\n");
}

function many(packages: number): string {
  return Array.from({ length: packages }, (_, at) => `Package: p${at}\nVersion: 1`).join("\n\n");
}

function push(...layers: readonly Layer[]): Promise<Digest> {
  return pushImage(registry.url, "base/app", [], { layers });
}

interface Advisory {
  readonly id: string;
  readonly affected: readonly (readonly [ecosystem: string, name: string, fixed?: string])[];
  readonly [field: string]: unknown;
}

async function advisories(records: readonly Advisory[]) {
  const folder = await mkdtemp(join(tmpdir(), "oakum-osv-"));
  for (const { affected, ...record } of records) {
    const written = affected.map(([ecosystem, name, fixed]) => {
      const events = [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])];
      return { package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }] };
    });
    await writeFile(join(folder, `${record.id}.json`), JSON.stringify({ modified: "", ...record, affected: written }));
  }
  const server = await startAdvisories(folder);
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  return server.url;
}

const SEED = new URL("../../../sandbox/seed/advisories", import.meta.url).pathname;

async function scan(
  digest: Digest,
  { osv, platform = AMD64 }: { osv: string; platform?: Platform },
): Promise<Outcome<ScanReport>> {
  const client = loopbackClient();
  onTestFinished(() => client.close());
  const source = createAdvisorySource({ osv, kev: `${osv}/kev.json`, fetch, now: () => NOW });
  const scanner = createOsvScanner({ registry: client, advisories: source, now: () => NOW });
  const name = { registry: new URL(registry.url).host, repository: "base/app" };
  return scanner.scan({ ...name, digest }, platform);
}

/** `id package fixed severity` of each finding. */
function told(outcome: Outcome<ScanReport>): readonly string[] {
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value.findings.map((one) => [one.id, one.package, one.fixed.join("|"), one.severity].join(" "));
}

describe("a whole scan", () => {
  it("reports each vulnerability of each installed package, and all packages", async () => {
    const osv = await advisories([
      { id: "DEBIAN-CVE-2026-1", upstream: ["CVE-2026-1"], affected: [["Debian:12", "openssl", "3.0.17-1"]] },
      { id: "DEBIAN-CVE-2026-2", upstream: ["CVE-2026-2"], affected: [["Debian:13", "openssl"]] },
    ]);
    const digest = await push(
      await layer({
        ...DEBIAN,
        "var/lib/dpkg/status": status("openssl 3.0.15-1", "libssl3 3.0.15-1 openssl", "bash 5.2"),
      }),
    );
    const finding = {
      id: "CVE-2026-1",
      aliases: ["DEBIAN-CVE-2026-1"],
      class: "os",
      installed: "3.0.15-1",
      fixed: ["3.0.17-1"],
      severity: "unknown",
      knownExploited: false,
      url: "https://osv.dev/vulnerability/DEBIAN-CVE-2026-1",
    };
    const purl = (name: string) => `pkg:deb/debian/${name}@3.0.15-1?distro=debian-12`;
    expect(await scan(digest, { osv })).toEqual({
      state: "done",
      value: {
        image: { registry: new URL(registry.url).host, repository: "base/app", digest },
        platform: AMD64,
        scanner: { name: "osv", version: "1", database: "osv.dev 2026-11-23" },
        packages: [
          { name: "openssl", version: "3.0.15-1", purl: purl("openssl") },
          { name: "libssl3", version: "3.0.15-1", purl: purl("libssl3") },
          { name: "bash", version: "5.2", purl: "pkg:deb/debian/bash@5.2?distro=debian-12" },
        ],
        findings: [
          { ...finding, package: "libssl3", purl: purl("libssl3") },
          { ...finding, package: "openssl", purl: purl("openssl") },
        ],
      },
    });
  });

  it("finds in the sandbox's bases what its advisories say, page by page", async () => {
    const server = await startAdvisories(SEED);
    onTestFinished(() => server.close());
    const scanned = async (contents: "base" | "base, patched") =>
      told(await scan(await publish(registry.url, "base/app", [], contents), { osv: server.url }));
    const before = await scanned("base");
    expect(before).toContain("CVE-2026-31001 libssl3 3.0.17-1~deb12u2 critical");
    expect(before).toContain("CVE-2026-31001 openssl 3.0.17-1~deb12u2 critical");
    expect(await scanned("base, patched")).toEqual(["CVE-2026-31005 mount  low"]);
  });

  it("tells one vulnerability once, though a notice bundles it with others", async () => {
    const osv = await advisories([
      { id: "DSA-1-1", upstream: ["CVE-2026-1", "CVE-2026-2"], affected: [["Debian:12", "openssl", "3.0.17-1"]] },
      {
        id: "DEBIAN-CVE-2026-1",
        upstream: ["CVE-2026-1"],
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        affected: [["Debian:12", "openssl", "3.0.17-1"]],
      },
      { id: "DEBIAN-CVE-2026-3", withdrawn: "2026-01-01", affected: [["Debian:12", "openssl"]] },
    ]);
    const digest = await push(await layer({ ...DEBIAN, "var/lib/dpkg/status": status("openssl 3.0.15-1") }));
    const outcome = await scan(digest, { osv });
    expect(told(outcome)).toEqual(["CVE-2026-1 openssl 3.0.17-1 critical", "CVE-2026-2 openssl 3.0.17-1 unknown"]);
    expect(outcome).toMatchObject({ value: { findings: [{ aliases: ["DEBIAN-CVE-2026-1", "DSA-1-1"] }, {}] } });
  });

  it("reads Alpine by origin, and Wolfi by origin and by name", async () => {
    const osv = await advisories([
      { id: "ALPINE-CVE-2026-1", upstream: ["CVE-2026-1"], affected: [["Alpine:v3.20", "openssl", "3.3.3-r0"]] },
      { id: "CGA-1", upstream: ["CVE-2026-1"], affected: [["Wolfi", "openssl"]] },
      { id: "CGA-2", upstream: ["CVE-2026-2"], affected: [["Wolfi", "libcrypto3"]] },
    ]);
    const database = "P:libcrypto3\nV:3.3.2-r4\no:openssl\n\n";
    const alpine = { "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.20.3\n", "lib/apk/db/installed": database };
    expect(told(await scan(await push(await layer(alpine)), { osv }))).toEqual([
      "CVE-2026-1 libcrypto3 3.3.3-r0 unknown",
    ]);
    const wolfi = { "etc/os-release": "ID=wolfi\n", "usr/lib/apk/db/installed": database };
    expect(told(await scan(await push(await layer(wolfi)), { osv }))).toEqual([
      "CVE-2026-1 libcrypto3  unknown",
      "CVE-2026-2 libcrypto3  unknown",
    ]);
  });
});

describe("layers over one another", () => {
  const OSV = () =>
    advisories([
      { id: "A-1", affected: [["Debian:12", "old"]] },
      {
        id: "A-2",
        affected: [
          ["Debian:12", "new"],
          ["Debian:12", "openssl"],
        ],
      },
    ]);
  const old = () => layer({ ...DEBIAN, "var/lib/dpkg/status": status("old 1") });

  it.each<[title: string, files: Record<string, string>, found: readonly string[]]>([
    ["nothing of interest on top", { "srv/app": "x" }, ["A-1 old  unknown"]],
    ["the database replaced", { "var/lib/dpkg/status": status("new 1") }, ["A-2 new  unknown"]],
    [
      "distroless's files added",
      { "var/lib/dpkg/status.d/new": status("new 1"), "var/lib/dpkg/status.d/new.md5sums": "x" },
      ["A-1 old  unknown", "A-2 new  unknown"],
    ],
    [
      "the folder emptied, and filled again",
      { "var/lib/dpkg/.wh..wh..opq": "", "var/lib/dpkg/status": status("new 1") },
      ["A-2 new  unknown"],
    ],
    ["another release", { "etc/os-release": "ID=debian\nVERSION_ID=12\nX=1\n" }, ["A-1 old  unknown"]],
  ])("%s", async (_, files, found) => {
    const digest = await push(await old(), await layer(files));
    expect(told(await scan(digest, { osv: await OSV() }))).toEqual(found);
  });

  it.each<[title: string, files: Record<string, string>]>([
    ["the database removed", { "var/lib/dpkg/.wh.status": "" }],
    ["its folder removed", { "var/.wh.lib": "" }],
    ["everything hidden", { ".wh..wh..opq": "", "srv/app": "x" }],
    ["its folder replaced by a file", { "var/lib": "a file" }],
    ["the release removed", { "etc/.wh.os-release": "" }],
    ["a release that OSV does not know", { "etc/os-release": "ID=debian\nVERSION_ID=99\n" }],
    ["a release that is none", { "etc/os-release": "ID=debian\n" }],
  ])("never an empty report: %s", async (_, files) => {
    const digest = await push(await old(), await layer(files));
    expect(await scan(digest, { osv: await OSV() })).toMatchObject({
      state: "failed",
      reason: { code: "scan-unsupported" },
    });
  });

  it("follows the usual link of os-release", async () => {
    const tar = await tarOf(
      ["./etc/os-release", { type: "symlink", linkname: "../usr/lib/os-release" }],
      ["./usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"],
      ["./var/lib/dpkg/status", status("old 1")],
    );
    const blob = gzipSync(tar);
    const digest = await push({ blob, digest: sha256(blob), diffId: sha256(tar), size: blob.length });
    expect(told(await scan(digest, { osv: await OSV() }))).toEqual(["A-1 old  unknown"]);
  });

  it("takes a variant that is not written for the usual one, as nodes do", async () => {
    const platforms = [{ os: "linux", architecture: "arm64" }];
    const layers = [await layer({ ...DEBIAN, "var/lib/dpkg/status": status("bash 5.2") })];
    const digest = await pushImage(registry.url, "base/app", [], { platforms, layers });
    const platform = { os: "linux", architecture: "arm64", variant: "v8" };
    expect(await scan(digest, { osv: await OSV(), platform })).toMatchObject({ state: "done" });
    expect(await scan(digest, { osv: "http://127.0.0.1:1", platform: { ...platform, variant: "v9" } })).toMatchObject({
      reason: { code: "scan-unsupported" },
    });
  });

  it("takes an image without an index for the platform that it says", async () => {
    const osv = await OSV();
    const client = loopbackClient();
    onTestFinished(() => client.close());
    const name = { registry: new URL(registry.url).host, repository: "base/app" };
    const index = await client.manifest({ ...name, digest: await push(await old()) });
    const [image] = index?.kind === "index" ? index.manifests : [];
    expect(told(await scan(image!.digest, { osv }))).toEqual(["A-1 old  unknown"]);
    expect(await scan(image!.digest, { osv, platform: S390X })).toMatchObject({ state: "failed" });
  });
});

describe("what cannot be scanned", () => {
  const OSV = () => advisories([{ id: "A-1", affected: [["Debian:12", "openssl"]] }]);

  it.each<[title: string, files: Record<string, string>]>([
    ["an image from scratch", { app: "binary" }],
    ["no package database", DEBIAN],
    ["an empty package database", { ...DEBIAN, "var/lib/dpkg/status": "" }],
    ["a database without a distribution", { "var/lib/dpkg/status": status("a 1") }],
    [
      "a distribution of other packages",
      { "etc/os-release": "ID=fedora\nVERSION_ID=41\n", "var/lib/rpm/rpmdb.sqlite": "x" },
    ],
  ])("is unsupported: %s", async (_, files) => {
    expect(await scan(await push(await layer(files)), { osv: await OSV() })).toMatchObject({
      state: "failed",
      reason: { code: "scan-unsupported" },
    });
  });

  it("is unsupported: no layers, no such platform, no such digest", async () => {
    const osv = await OSV();
    const unsupported = { state: "failed", reason: { code: "scan-unsupported" } };
    expect(await scan(await push(), { osv })).toMatchObject(unsupported);
    const digest = await push(await layer({ ...DEBIAN, "var/lib/dpkg/status": status("a 1") }));
    expect(await scan(digest, { osv, platform: S390X })).toMatchObject(unsupported);
    expect(await scan(`sha256:${"0".repeat(64)}`, { osv })).toMatchObject(unsupported);
  });

  it("is unsupported: a layer whose bytes are not what its digest says", async () => {
    const right = await layer({ ...DEBIAN, "var/lib/dpkg/status": status("openssl 1") });
    const wrong = await layer({ ...DEBIAN, "var/lib/dpkg/status": status("openssl 2") });
    const digest = await push(right);
    await writeFile(join(state, "blobs", right.digest.slice(7)), wrong.blob);
    expect(await scan(digest, { osv: await OSV() })).toMatchObject({
      state: "failed",
      reason: { code: "scan-unsupported", detail: expect.stringContaining(`something else than ${right.digest}`) },
    });
  });

  it.each<[title: string, detail: string, layers: readonly Record<string, string>[]]>([
    [
      "more packages than any distribution has, in several files",
      "more packages",
      [DEBIAN, ...["a", "b"].map((file) => ({ [`var/lib/dpkg/status.d/${file}`]: many(30_000) }))],
    ],
    [
      "more files than any distribution has",
      "larger than is read",
      [Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`var/lib/dpkg/status.d/${at}`, ""]))],
    ],
    [
      "more text than any distribution has, in several layers",
      "larger than is read",
      ["a", "b", "c"].map((file) => ({ [`var/lib/dpkg/status.d/${file}`]: "a".repeat(25 * 1024 ** 2) })),
    ],
  ])("is unsupported: %s", async (_, detail, layers) => {
    const digest = await push(...(await Promise.all(layers.map((files) => layer(files)))));
    expect(await scan(digest, { osv: await OSV() })).toMatchObject({
      state: "failed",
      reason: { code: "scan-unsupported", detail: expect.stringContaining(detail) },
    });
  });

  it("is unavailable when the advisories are, and never clean", async () => {
    const digest = await push(await layer({ ...DEBIAN, "var/lib/dpkg/status": status("a 1") }));
    expect(await scan(digest, { osv: "http://127.0.0.1:1" })).toMatchObject({
      state: "failed",
      reason: { code: "scan-unavailable" },
    });
  });
});
