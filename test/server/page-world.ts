import type { PullRecord } from "../../src/core/pull/pull.ts";
import type { Digest, ImageName } from "../../src/core/reference.ts";
import type { Repository } from "../../src/core/repository.ts";
import type { Release, Rollout } from "../../src/core/rollout/rollout.ts";
import type { Finding } from "../../src/core/verdict/finding.ts";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import type { OpenStore } from "../../src/store/store.ts";

/** What every field that others write may hold. */
export const HOSTILE = `</td><script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;\u202e`;
export const NOW = Date.UTC(2026, 10, 28, 12);
const DAY = 24 * 3_600_000;

export const node: ImageName = { registry: "docker.io", repository: "library/node" };
export const tool: ImageName = { registry: "ghcr.io", repository: "acme/secret-tool" };
export const old = digestOf("a");
export const patched = digestOf("b");

export function digestOf(character: string): Digest {
  return `sha256:${character.repeat(64)}`;
}

export function repositoryOf(repository: number, name: string, owner = "acme"): Repository {
  const rest = { defaultBranch: "main", private: true, archived: false };
  return { host: "github.com", installation: 7, repository, owner, name, ...rest };
}

export const [shop, till, secret] = [repositoryOf(11, "shop"), repositoryOf(12, "till"), repositoryOf(13, "secret")];

export function findingOf(id: string, rest: Partial<Finding> = {}): Finding {
  return {
    ...{ id, aliases: [`DEBIAN-${id}`], package: "openssl", class: "os", installed: "3.0.15-1", fixed: ["3.0.17-1"] },
    ...{ severity: "critical", knownExploited: false, url: `https://osv.dev/vulnerability/${id}`, ...rest },
  };
}

export function pullOf(repository: Repository, number: number, rest: Partial<PullRecord> = {}): PullRecord {
  const { host, installation, repository: id } = repository;
  const use = { path: "Dockerfile", line: 1, text: "node:22", role: "base" };
  const update = {
    ...{ from: { ...node, tag: "22", digest: old }, to: { ...node, tag: "22", digest: patched }, change: "digest" },
    ...{
      urgency: "critical",
      changes: [{ use, to: { ...node, tag: "22", digest: patched } }],
      policy: { reviewers: ["@acme/web"] },
    },
  };
  return {
    ...{ repository: { host, installation, repository: id }, branch: `oakum/main/node-${number}`, base: "main" },
    ...{ title: "Update node to 22", number, state: "open", openedAt: NOW - 3 * 3_600_000, baseSha: "1".repeat(40) },
    ...{ group: { id: "g", image: node, track: "22", updates: [update] }, heads: ["2".repeat(40)], ...rest },
  } as unknown as PullRecord;
}

/** An organisation in which everything that a page can show is there, and one repository that not everyone may read. */
export async function fillWorld(store: OpenStore): Promise<void> {
  for (const repository of [shop, till, secret]) await store.index.saveRepository(repository);
  await store.index.saveRepository(repositoryOf(14, "new"));
  const use = (path: string, rest: Partial<IndexedUse> = {}): IndexedUse => {
    return { image: node, tag: "22", digest: old, path, line: 1, text: `node:22@${old}`, state: "current", ...rest };
  };
  const to = { tag: "22", digest: patched };
  await store.index.saveUses(shop, "1".repeat(40), [
    use("Dockerfile", { text: "node:22", state: "update", to, owners: ["@acme/base", HOSTILE] }),
    use("services/api/Dockerfile", { state: "held", to, reason: { code: "limit-open", detail: HOSTILE } }),
    use("web/Dockerfile", { digest: patched, text: `node:22@${patched}` }),
    use(HOSTILE, {
      text: HOSTILE,
      image: tool,
      tag: "1",
      digest: digestOf("c"),
      state: "auth-failed",
      reason: { code: "registry-denied" },
    }),
  ]);
  await store.index.saveUses(till, "2".repeat(40), [
    use("Dockerfile", { reason: { code: "change-not-allowed", detail: "24 (major)" } }),
    // A file that could not be read, as a plan keeps it.
    {
      path: "charts/app.yaml",
      line: 7,
      text: "",
      state: "unsupported",
      reason: { code: "not-parsed", detail: HOSTILE },
    },
    { path: "test/Dockerfile", line: 4, text: "$BASE", state: "held", reason: { code: "unresolved-variable" } },
  ]);
  await store.index.saveUses(secret, "3".repeat(40), [
    use("Dockerfile", {
      image: tool,
      tag: "secret-tag",
      digest: digestOf("d"),
      text: "ghcr.io/acme/secret-tool:secret-tag",
    }),
  ]);
  const seen = { image: node, tag: "22", digest: patched, firstSeen: NOW - 4 * DAY, lastSeen: NOW };
  await store.observations.save(node, ["22", "24"], [seen]);
  await store.observations.fail(tool, { code: "registry-denied", detail: HOSTILE });
  const times = { at: NOW - 3_600_000, dueAt: NOW + DAY };
  const found = [
    findingOf("CVE-2026-31001"),
    findingOf("CVE-2026-31002", { package: HOSTILE, severity: "high", fixed: [] }),
    findingOf("CVE-2026-31003", { package: "xz-utils", severity: "low" }),
  ];
  await store.exposures.save({ ...node, digest: old }, found, times);
  await store.exposures.save({ ...node, digest: patched }, found.slice(2), times);
  await store.exposures.save(
    { ...tool, digest: digestOf("d") },
    [findingOf("CVE-2026-99999", { knownExploited: true })],
    times,
  );
  await store.exposures.fail({ ...tool, digest: digestOf("c") }, { code: "scan-unsupported", detail: HOSTILE }, NOW);
  await fillPulls(store);
}

async function fillPulls(store: OpenStore): Promise<void> {
  const verdict = { state: "fail", reasons: [{ code: "findings-introduced", detail: HOSTILE }] } as const;
  const due = { at: NOW - 3_600_000, urgency: "critical", origin: "default" } as const;
  const delta = { fixed: [findingOf("CVE-2026-31001")], introduced: [], remaining: [] };
  await store.pulls.save(
    pullOf(shop, 4, { title: HOSTILE, gate: { head: "2".repeat(40), key: "k", verdict, delta }, due }),
  );
  const merge = "5".repeat(40);
  await store.pulls.save(pullOf(till, 3, { state: "merged", merge, mergedAt: NOW - DAY }));
  await store.pulls.save(pullOf(secret, 9, { title: "Update secret-tool" }));
  const { host, installation, repository } = till;
  const id = { host, installation, repository };
  const image = { registry: "ghcr.io", repository: "acme/till", digest: digestOf("e") };
  const release: Release = { repository: id, merge, image, reference: image, campaign: "c" };
  const rollout: Rollout = {
    ...{ id: "r-till", target: { repository: id, environment: "staging", name: HOSTILE }, release, phase: "soaking" },
    ...{ since: NOW - 600_000, attempt: 0, granted: true, soak: 1, reason: { code: "soaking" } },
  };
  await store.rollouts.saveRelease(release);
  await store.rollouts.save(rollout);
  const key = (one: Repository) => `github.com/7/${one.repository}`;
  const facts: readonly (readonly [string, string, string, Record<string, unknown>])[] = [
    [`image:docker.io/library/node`, "moved", `22@${patched}`, { tag: "22", digest: patched, users: 3 }],
    [`image:ghcr.io/acme/secret-tool`, "moved", "secret-tag", { tag: "secret-tag", digest: patched, users: 1 }],
    [`pull:${key(till)}#oakum/main/node-3`, "opened intended", "1", {}],
    [`pull:${key(till)}#oakum/main/node-3`, "opened", "1", { title: HOSTILE }],
    [`pull:${key(till)}#oakum/main/node-3`, "verdict pass", "2", { fixed: 2, introduced: 0, remaining: 1 }],
    [`pull:${key(till)}#oakum/main/node-3`, "merged", "3", { number: 3 }],
    [`release:${key(till)}@${merge}`, "released", image.digest, { image: `x@${image.digest}`, targets: 1 }],
    [`target:${key(till)}/staging/${HOSTILE}`, "soaking", "r-till/deploy", {}],
    [`target:${key(till)}/staging/${HOSTILE}`, "confirmed", "another/deploy", { image: "x" }],
    [`pull:${key(secret)}#oakum/main/node-9`, "opened", "secret-cause", { title: "Update secret-tool" }],
    [
      `repo:${key(shop)}`,
      "configuration reported",
      "4",
      { commit: "1", problems: [`.github/oakum.yml:1:1 ${HOSTILE}`] },
    ],
    [HOSTILE, HOSTILE, HOSTILE, {}],
  ];
  for (const [subject, transition, cause, data] of facts) {
    await store.ledger.append({ subject, transition, cause, data }, NOW - 1000);
  }
}
