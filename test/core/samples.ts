import type { Update, UpdateGroup } from "../../src/core/plan/update.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import type { BranchRules } from "../../src/core/pull/branch-rules.ts";
import type { Digest, ImageReference, Platform } from "../../src/core/reference.ts";
import type { Use } from "../../src/core/use/use.ts";
import type { Finding, InstalledPackage, ScanReport } from "../../src/core/verdict/finding.ts";
import type { Evidence } from "../../src/core/verdict/verdict.ts";

/** 23 November 2026, 20:48 UTC. */
export const now = Date.UTC(2026, 10, 23, 20, 48);
export const hour = 3_600_000;
export const day = 24 * hour;

export const amd64: Platform = { os: "linux", architecture: "amd64" };

export function digest(fill: string): Digest {
  return `sha256:${fill.repeat(64).slice(0, 64)}`;
}

export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    aliases: [],
    package: "openssl",
    class: "os",
    installed: "3.0.15-1",
    fixed: ["3.0.17-1"],
    severity: "high",
    knownExploited: false,
    url: `https://osv.example/${id}`,
    ...more,
  };
}

export function packages(count: number): readonly InstalledPackage[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `package-${index}`,
    version: "1",
    purl: `pkg:deb/debian/package-${index}@1`,
  }));
}

export function report(findings: readonly Finding[], more: Partial<ScanReport> = {}): ScanReport {
  return {
    image: { registry: "ghcr.io", repository: "acme/payments", digest: digest("c0ff") },
    platform: amd64,
    scanner: { name: "osv", version: "0.1.0", database: "2026-11-23T06:12:00Z" },
    packages: packages(100),
    findings,
    ...more,
  };
}

/** Evidence that passes. */
export function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    build: { state: "done" },
    base: "on-new-base",
    scans: { state: "done", before: [report([finding("CVE-2026-1")])], after: [report([])] },
    gate: { failOn: "high" },
    signature: { policy: "prefer", state: "not-checked" },
    ...more,
  };
}

/** A branch that asks for nothing. */
export const noRules: BranchRules = {
  requiredChecks: [],
  strict: false,
  approvals: 0,
  reviews: [],
  signatures: false,
  linear: false,
  methods: ["merge", "squash", "rebase"],
  queue: false,
  deployments: [],
  restricted: false,
  opaque: [],
};

export const policy: Policy = {
  allow: ["digest", "patch"],
  minAge: 259_200,
  merge: "auto",
  pin: "digest",
  signature: "prefer",
  gate: { failOn: "high" },
  reviewers: [],
  windows: { propose: [], merge: [], deploy: [] },
  origins: {
    allow: { path: ".github/oakum.yml", line: 12 },
    minAge: "default",
    merge: { path: ".github/oakum.yml", line: 14 },
    pin: "default",
    signature: "default",
    "gate.failOn": "default",
  },
};

export function node(tag: string, fill: string): ImageReference {
  return { registry: "docker.io", repository: "library/node", tag, digest: digest(fill) };
}

export function use(path: string, line: number, more: Partial<Use> = {}): Use {
  const span = { path, start: 5, end: 25 };
  return { manager: "dockerfile", path, line, role: "base", text: "node:24.3.0-slim", span, variables: [], ...more };
}

export function update(more: Partial<Update> = {}): Update {
  const to = node("24.3.1-slim", "77b4");
  return {
    from: node("24.3.0-slim", "1f0a"),
    to,
    change: "patch",
    urgency: "normal",
    firstSeen: now - 3 * hour,
    changes: [{ use: use("Dockerfile", 1), to }],
    policy,
    ...more,
  };
}

export function group(updates: readonly Update[] = [update()], more: Partial<UpdateGroup> = {}): UpdateGroup {
  const image = { registry: "docker.io", repository: "library/node" };
  return { id: "docker.io/library/node N-slim", image, track: "N-slim", updates, ...more };
}
