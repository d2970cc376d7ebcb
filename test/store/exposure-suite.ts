import { beforeAll, describe, expect, test } from "vitest";
import type { PullRecord } from "../../src/core/pull/pull.ts";
import type { Digest, PinnedImage } from "../../src/core/reference.ts";
import { type Repository, repositoryKey } from "../../src/core/repository.ts";
import type { Finding } from "../../src/core/verdict/finding.ts";
import type { Affectedness } from "../../src/core/view/exposure.ts";
import type { Viewer } from "../../src/core/view/viewer.ts";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import type { OpenStore } from "../../src/store/store.ts";

const BASE = { registry: "registry.test", repository: "exposed/base" };
const DAY = 24 * 3_600_000;
const NOW = 100 * DAY;
const HOSTILE = `</script>\0\ud800`;

function imageOf(character: string): PinnedImage {
  return { ...BASE, digest: digestOf(character) };
}

function digestOf(character: string): Digest {
  return `sha256:${character.repeat(64)}`;
}

function finding(id: string, aliases: readonly string[] = [], rest: Partial<Finding> = {}): Finding {
  return {
    ...{ id, aliases, package: "openssl", class: "os", installed: "1", fixed: ["2"], severity: "critical" },
    ...{ knownExploited: false, url: `https://osv.dev/vulnerability/${id}`, ...rest },
  };
}

function repositoryOf(repository: number, name: string): Repository {
  const named = { owner: "acme", name, defaultBranch: "main", private: true, archived: false };
  return { host: "github.com", installation: 71, repository, ...named };
}

/** What every store must say of what is exposed. */
export function exposureSuite(storeOf: () => OpenStore): void {
  describe("exposures", () => {
    let store: OpenStore;
    const [shop, till] = [repositoryOf(7101, "shop"), repositoryOf(7102, "till")];
    const own = [shop, till].map(repositoryKey);
    const use = (path: string, rest: Partial<IndexedUse> = {}): IndexedUse => {
      return {
        image: BASE,
        tag: "1",
        digest: digestOf("1"),
        path,
        line: 1,
        text: `base:1 # ${path}`,
        state: "current",
        ...rest,
      };
    };
    const ask = (id: string, { viewer = own, limit = 50, offset = 0, now = NOW }: Partial<Asked> = {}) => {
      const states: readonly Affectedness[] = ["fix-ready", "no-fix", "unknown"];
      return store.exposures.affected(id, { viewer, states, limit, offset, freshSince: now - 2 * DAY });
    };
    interface Asked {
      readonly viewer: Viewer;
      readonly limit: number;
      readonly offset: number;
      readonly now: number;
    }
    const counts = (ready: number, none: number, unknown: number, not: number) => {
      return { "fix-ready": ready, "no-fix": none, unknown, "not-affected": not };
    };

    beforeAll(async () => {
      store = storeOf();
      for (const repository of [shop, till]) await store.index.saveRepository(repository);
      await store.index.saveUses(shop, "1".repeat(40), [
        use("ready", { state: "update", to: { tag: "1", digest: digestOf("2") } }),
        use("current"),
        use("held", { state: "held", reason: { code: "digest-only" }, digest: digestOf("3") }),
        use("ignored", { state: "held", reason: { code: "ignored" }, digest: digestOf("9") }),
        use("nowhere", { state: "unknown", reason: { code: "not-observed" }, ...withoutDigest }),
      ]);
      const followed = use("followed", withoutDigest);
      await store.index.saveUses(till, "1".repeat(40), [{ ...followed, tag: "moving" }]);
      const seen = { image: BASE, tag: "moving", digest: digestOf("4"), firstSeen: 1, lastSeen: 1 };
      await store.observations.save(BASE, ["moving"], [seen]);
    });

    const due = async (now: number) =>
      (await store.exposures.due(now, 1000)).filter(({ repository }) => repository === BASE.repository);

    test("are due for each digest that is named now, pinned or followed, and each that comes next, once", async () => {
      expect(await due(NOW)).toEqual(["1", "2", "3", "4"].map(imageOf));
      await store.exposures.save(imageOf("1"), [], { at: NOW, dueAt: NOW + DAY });
      await store.exposures.fail(imageOf("3"), { code: "scan-unavailable", detail: HOSTILE }, NOW + 60);
      expect(await due(NOW)).toEqual(["2", "4"].map(imageOf));
      expect(await due(NOW + 60)).toEqual(["2", "4", "3"].map(imageOf));
      expect(await due(NOW + DAY)).toEqual(["2", "4", "3", "1"].map(imageOf));
    });

    test("tell by any id of a vulnerability where it is, where a fix is ready, and what nobody knows", async () => {
      const hostile = finding("CVE-2026-2", ["DSA-1-1", HOSTILE], { package: HOSTILE });
      const old = [finding("CVE-2026-1", ["DSA-1-1", "GHSA-aaaa-bbbb-cccc"]), hostile];
      const times = { at: NOW, dueAt: NOW + DAY };
      await store.exposures.save(imageOf("1"), old, times);
      await store.exposures.save(imageOf("4"), [], times);
      const early = await ask("CVE-2026-1");
      expect(early.counts).toEqual(counts(0, 2, 3, 1));
      expect(early.uses[0]).toMatchObject({ path: "ready", reason: { code: "scan-pending" } });

      await store.exposures.save(imageOf("2"), [hostile], times);
      for (const id of ["CVE-2026-1", "cve-2026-1", "GHSA-AAAA-bbbb-cccc"]) {
        const found = await ask(id);
        expect(found.counts).toEqual(counts(1, 1, 3, 1));
        expect(found.finding?.id).toBe("CVE-2026-1");
        expect(found.uses.map(({ path, state, reason }) => [path, state, reason?.code])).toEqual([
          ["ready", "fix-ready", undefined],
          ["current", "no-fix", undefined],
          ["held", "unknown", "scan-unavailable"],
          ["ignored", "unknown", "ignored"],
          ["nowhere", "unknown", "not-observed"],
        ]);
      }
      // Of an advisory over several, what is left of one is in doubt for the other in the same package only.
      expect((await ask("DSA-1-1")).counts).toEqual(counts(0, 2, 3, 1));
      expect((await ask("CVE-2026-9")).counts).toEqual(counts(0, 0, 3, 3));
    });

    test("name the pull that brings the fix and who reviews it", async () => {
      const { host, installation, repository } = shop;
      const change = { use: { path: "ready", text: "base:1 # ready" }, to: imageOf("2") };
      const group = {
        id: "g",
        image: BASE,
        track: "1",
        updates: [{ changes: [change], policy: { reviewers: ["@acme/web"] } }],
      };
      const pull = {
        ...{ repository: { host, installation, repository }, branch: "oakum/main/x", base: "main", title: "t", group },
        ...{ baseSha: "1".repeat(40), heads: [], number: 12, state: "open", openedAt: 1 },
      } as unknown as PullRecord;
      await store.pulls.save(pull);
      const [ready, current] = (await ask("CVE-2026-1")).uses;
      expect(ready).toMatchObject({ pull: 12, reviewers: ["@acme/web"], owner: "acme", name: "shop" });
      expect(ready?.packages).toEqual([{ name: "openssl", installed: "1", fixed: ["2"] }]);
      expect(current).not.toHaveProperty("pull");
      await store.pulls.save({ ...pull, base: "other" });
      expect((await ask("CVE-2026-1")).uses[0]).not.toHaveProperty("pull");
      await store.pulls.save({ ...pull, state: "closed" });
      expect((await ask("CVE-2026-1")).uses[0]).not.toHaveProperty("pull");
    });

    test("that are stale are not clean, and what was found stays found", async () => {
      const later = await ask("CVE-2026-1", { now: NOW + 3 * DAY });
      expect(later.counts).toEqual(counts(1, 1, 4, 0));
      expect(later.uses.at(-1)).toMatchObject({
        path: "followed",
        reason: { code: "scan-unavailable", detail: "last scanned 1970-04-11" },
      });
      await store.exposures.fail(imageOf("1"), { code: "scan-unavailable" }, NOW + 4 * DAY);
      expect((await ask("CVE-2026-1")).counts).toEqual(counts(1, 1, 3, 1));
    });

    test("are told of the repositories that the viewer may read, and of no others, not even in a count", async () => {
      expect((await ask("CVE-2026-1", { viewer: [repositoryKey(till)] })).counts).toEqual(counts(0, 0, 0, 1));
      expect(await ask("CVE-2026-1", { viewer: [] })).toEqual({ counts: counts(0, 0, 0, 0), uses: [] });
      expect(await ask("CVE-2026-1", { viewer: [repositoryKey(till)] })).not.toHaveProperty("finding");
    });

    test("come page by page", async () => {
      const paths = async (offset: number, limit: number) =>
        (await ask("CVE-2026-1", { offset, limit })).uses.map(({ path }) => path);
      expect(await paths(0, 2)).toEqual(["ready", "current"]);
      expect(await paths(2, 2)).toEqual(["held", "ignored"]);
      expect(await paths(4, 2)).toEqual(["nowhere"]);
    });
  });
}

/** A use that follows its tag alone. */
const withoutDigest = { digest: undefined } as unknown as Partial<IndexedUse>;
