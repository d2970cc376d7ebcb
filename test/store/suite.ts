import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fact, verifyChain } from "../../src/core/ledger.ts";
import type { Observation } from "../../src/core/plan/observation.ts";
import type { PullRecord } from "../../src/core/pull/pull.ts";
import type { Digest, ImageName } from "../../src/core/reference.ts";
import { type Repository, repositoryKey } from "../../src/core/repository.ts";
import type { Release, Rollout } from "../../src/core/rollout/rollout.ts";
import type { ScanReport } from "../../src/core/verdict/finding.ts";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { exposureSuite } from "./exposure-suite.ts";
import { lineSuite } from "./line-suite.ts";

let ids = 0;
function repositoryOf(name: string, owner = "acme"): Repository {
  ids += 1;
  return {
    ...{ host: "github.com", installation: 7, repository: ids, owner, name },
    ...{ defaultBranch: "main", private: true, archived: false },
  };
}

function digestOf(character: string): Digest {
  return `sha256:${character.repeat(64)}`;
}

/** What every store must do, whatever it runs on. */
export function storeSuite(open: () => Promise<OpenStore>): void {
  let store: OpenStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  describe("index", () => {
    const node: ImageName = { registry: "docker.io", repository: "library/node" };
    const use: IndexedUse = { image: node, tag: "22", path: "Dockerfile", line: 1, text: "node:22", state: "current" };

    test("names the repositories that use an image, and the tags", async () => {
      const [a, b] = [repositoryOf("a"), repositoryOf("b")];
      await store.index.saveRepository(a);
      await store.index.saveRepository(b);
      const pinned = { ...use, tag: "20", digest: digestOf("a") };
      await store.index.saveUses(a, "1".repeat(40), [use, pinned]);
      const globs = { major: "24*" };
      await store.index.saveUses(b, "2".repeat(40), [use, { ...use, globs }]);
      expect(await store.index.users(node)).toEqual([
        { ...a, head: "1".repeat(40) },
        { ...b, head: "2".repeat(40) },
      ]);
      expect(await store.index.tagsInUse(node)).toEqual([{ tag: "20" }, { tag: "22", globs }, { tag: "22" }]);
      expect(await store.index.uses(b)).toEqual([use, { ...use, globs }]);
      expect(await store.index.images()).toEqual([node]);
      expect(await store.index.uses(a)).toEqual([use, pinned]);
      expect(await store.index.users({ ...node, registry: "ghcr.io" })).toEqual([]);
    });

    test("names those who were planned before an image was observed", async () => {
      const [a, b, c] = [repositoryOf("a"), repositoryOf("b"), repositoryOf("c")];
      for (const one of [a, b, c]) await store.index.saveRepository(one);
      await store.index.saveUses(a, "1".repeat(40), [{ ...use, tag: "20", state: "unknown" }]);
      await store.index.saveUses(b, "1".repeat(40), [{ ...use, tag: "22", state: "unknown" }]);
      await store.index.saveUses(c, "1".repeat(40), [{ ...use, tag: "20", state: "current" }]);
      expect(await store.index.unaware(node, ["20", "24"])).toEqual([{ ...a, head: "1".repeat(40) }]);
      expect(await store.index.unaware(node, [])).toEqual([]);
    });

    test("keeps the custom properties of a repository until others are said", async () => {
      const repository = repositoryOf("tiered");
      const known = async () => (await store.index.repository(repository))?.properties;
      await store.index.saveRepository(repository);
      expect(await known()).toBeUndefined();
      await store.index.saveRepository({ ...repository, properties: { tier: "pci", teams: ["a", "b"] } });
      await store.index.saveRepository(repository);
      expect(await known()).toEqual({ tier: "pci", teams: ["a", "b"] });
      await store.index.saveRepository({ ...repository, properties: {} });
      expect(await known()).toEqual({});
    });

    test("replaces the uses of a repository, in the order read, with what a person is told", async () => {
      const repository = repositoryOf("replaced");
      await store.index.saveRepository(repository);
      const held: IndexedUse = {
        ...{ path: "b/Dockerfile", line: 3, text: "$BASE", state: "held" },
        reason: { code: "unresolved-variable", detail: "\u001b[31m<b>'; drop table uses; --" },
      };
      const other: IndexedUse = {
        ...use,
        image: { registry: "ghcr.io", repository: "x" },
        path: "a",
        owners: ["@acme/web", "x@y"],
      };
      await store.index.saveUses(repository, "1".repeat(40), [use]);
      await store.index.saveUses(repository, "2".repeat(40), [held, other]);
      expect(await store.index.uses(repository)).toEqual([held, other]);
      expect((await store.index.repository(repository))?.head).toBe("2".repeat(40));
    });

    test("takes text that a database cannot hold", async () => {
      const repository = repositoryOf("hostile");
      await store.index.saveRepository(repository);
      await store.index.saveUses(repository, "1".repeat(40), [{ ...use, text: "a\0b\ud800" }]);
      expect((await store.index.uses(repository))[0]?.text).toBe("a\uFFFDb\uFFFD");
    });

    test("follows a rename, and forgets a repository with its uses", async () => {
      const repository = repositoryOf("old");
      await store.index.saveRepository(repository);
      await store.index.saveUses(repository, "1".repeat(40), [use]);
      await store.index.saveRepository({ ...repository, name: "new" });
      expect(await store.index.repository(repository)).toEqual({ ...repository, name: "new", head: "1".repeat(40) });
      await store.index.removeRepository(repository);
      expect(await store.index.repository(repository)).toBeUndefined();
      expect(await store.index.uses(repository)).toEqual([]);
      await store.index.saveUses(repository, "2".repeat(40), [use]);
      expect(await store.index.uses(repository)).toEqual([]);
    });

    test("keeps what was read for the reader that read it, and forgets it with the repository or its last commit", async () => {
      const repository = repositoryOf("read");
      const commit = "1".repeat(40);
      const extraction = { commit, uses: [], problems: [], config: "a\0\ud800" };
      await store.index.saveRepository(repository);
      await store.index.saveExtraction(repository, "1", { ...extraction, config: "" });
      await store.index.saveExtraction(repository, "2", extraction);
      expect(await store.index.extraction(repository, "1")).toBeUndefined();
      expect(await store.index.extraction(repository, "2")).toEqual(extraction);
      await store.index.saveUses(repository, commit, [use]);
      await store.index.removeExtraction(repository);
      expect(await store.index.repository(repository)).toEqual(repository);
      expect(await store.index.uses(repository)).toEqual([]);
      expect(await store.index.extraction(repository, "2")).toBeUndefined();
      await store.index.saveExtraction(repository, "2", extraction);
      await store.index.removeRepository(repository);
      expect(await store.index.extraction(repository, "2")).toBeUndefined();
      await store.index.saveExtraction(repository, "2", extraction);
      expect(await store.index.extraction(repository, "2")).toBeUndefined();
    });

    test("is in doubt until this very doubt is settled, and not by the head that GitHub named", async () => {
      const repository = repositoryOf("doubted");
      const named = "1".repeat(40);
      const [first, second] = [
        { cause: "2".repeat(40), since: 1 },
        { cause: "2".repeat(40), since: 2 },
      ];
      await store.index.saveRepositories([{ ...repository, named }]);
      await store.index.saveRepositories([{ ...repository, name: "unnamed" }]);
      await store.index.doubt(repository, { cause: named, since: 1 });
      expect(await store.index.repository(repository)).toEqual({ ...repository, name: "unnamed", named });
      await store.index.doubt(repository, first);
      await store.index.doubt(repository, second);
      await store.index.settle(repository, first);
      expect(await store.index.repository(repository)).toMatchObject({ doubt: second });
      await store.index.settle(repository, second);
      expect(await store.index.repository(repository)).not.toHaveProperty("doubt");
      expect(await store.index.byNumber(repository.repository)).toMatchObject([{ name: "unnamed" }]);
    });

    test("lists repositories by the bytes of their names", async () => {
      for (const name of ["zeta", "Alpha", "äpfel", "alpha"])
        await store.index.saveRepository(repositoryOf(name, "sorted"));
      const sorted = (await store.index.repositories()).filter(({ owner }) => owner === "sorted");
      expect(sorted.map(({ name }) => name)).toEqual(["Alpha", "alpha", "zeta", "äpfel"]);
    });
  });

  describe("observations", () => {
    const image: ImageName = { registry: "quay.io", repository: "acme/base" };
    const seen: Observation = { image, tag: "1", digest: digestOf("b"), firstSeen: 1_763_900_000_123, lastSeen: 2 };

    test("keep what was seen through a failure, until the next save", async () => {
      expect(await store.observations.of(image)).toBeUndefined();
      await store.observations.save(image, ["1", "2"], [seen]);
      expect(await store.observations.of(image)).toEqual({ tags: ["1", "2"], observations: [seen] });
      await store.observations.fail(image, { code: "registry-unavailable", detail: "503" });
      const problem = { code: "registry-unavailable", detail: "503" };
      expect(await store.observations.of(image)).toEqual({ tags: ["1", "2"], observations: [seen], problem });
      const gone = { ...seen, lastSeen: 3, goneSince: 3 };
      const second = { ...seen, tag: "2" };
      await store.observations.save(image, ["2"], [gone, second]);
      expect(await store.observations.of(image)).toEqual({ tags: ["2"], observations: [gone, second] });
      await store.observations.save(image, ["2"], [seen]);
      expect((await store.observations.of(image))?.observations).toEqual([seen, second]);
    });

    test("keep what is wrong with single tags until the next save", async () => {
      const partial = { registry: "quay.io", repository: "acme/partial" };
      const problems = [{ tag: "__proto__", reason: { code: "registry-answer" as const, detail: "1: a \0 schema" } }];
      await store.observations.save(partial, ["1"], [], problems);
      expect(await store.observations.of(partial)).toEqual({ tags: ["1"], observations: [], tagProblems: problems });
      await store.observations.save(partial, ["1"], []);
      expect(await store.observations.of(partial)).toEqual({ tags: ["1"], observations: [] });
    });

    test("say why an image was never observed", async () => {
      const denied = { registry: "quay.io", repository: "acme/private" };
      await store.observations.fail(denied, { code: "registry-denied" });
      const expected = { tags: [], observations: [], problem: { code: "registry-denied" } };
      expect(await store.observations.of(denied)).toEqual(expected);
    });
  });

  describe("publications", () => {
    const image: ImageName = { registry: "quay.io", repository: "acme/published" };
    const pin = (digit: string) => ({ ...image, digest: digestOf(digit) });
    const sighting = (digit: string, at: number): Observation => {
      return { image, tag: "1", digest: digestOf(digit), firstSeen: at, lastSeen: at };
    };

    test("remember every digest that a tag was seen to name, and what a registry was asked about", async () => {
      const nothing = { named: [], asked: new Map(), contents: new Map() };
      await store.observations.save(image, ["1"], [sighting("1", 1)]);
      await store.observations.save(image, ["1"], [{ ...sighting("1", 1), lastSeen: 2 }]);
      await store.observations.save(image, ["1"], [sighting("2", 3)]);
      const named = [
        { tag: "latest", digest: digestOf("1"), at: 4 },
        { tag: "1", digest: digestOf("1"), at: 4 },
      ];
      const asked = new Map([[digestOf("3"), { at: 4, tags: 2, missing: true } as const]]);
      await store.publications.save(image, { ...nothing, named, asked });
      const pins = ["1", "2", "3", "4"].map(pin);
      expect(await store.publications.of([...pins, { ...pin("1"), repository: "acme/other" }])).toEqual(
        new Map([
          [
            "quay.io/acme/published",
            [
              {
                digest: digestOf("1"),
                tags: [
                  { tag: "1", by: "observed" },
                  { tag: "latest", by: "registry" },
                ],
              },
              { digest: digestOf("2"), tags: [{ tag: "1", by: "observed" }] },
              { digest: digestOf("3"), tags: [], asked: { at: 4, tags: 2, missing: true } },
            ],
          ],
        ]),
      );
    });

    test("keep what digests name, until it is gone", async () => {
      const content = [{ digest: digestOf("9"), platform: { os: "linux", architecture: "amd64" } }];
      const save = (contents: ReadonlyMap<Digest, typeof content>) =>
        store.publications.save(image, { named: [], asked: new Map(), contents });
      await save(new Map([[digestOf("1"), content]]));
      expect(await store.publications.contents([pin("1"), pin("2")])).toEqual(
        new Map([["quay.io/acme/published", new Map([[digestOf("1"), content]])]]),
      );
      await save(new Map([[digestOf("1"), []]]));
      expect(await store.publications.contents([pin("1")])).toEqual(
        new Map([["quay.io/acme/published", new Map([[digestOf("1"), []]])]]),
      );
    });
  });

  describe("scans", () => {
    const report: ScanReport = {
      image: { registry: "docker.io", repository: "library/node", digest: digestOf("c") },
      platform: { os: "linux", architecture: "arm64", variant: "v8" },
      scanner: { name: "osv", version: "1", database: "2026-11-23" },
      packages: [{ name: "a\0\ud800", version: "1", purl: "pkg:deb/debian/a@1" }],
      findings: [],
    };

    test("are found as long as they are new enough, and only by their scanner and platform", async () => {
      await store.scans.save(report, 1000);
      expect(await store.scans.find(report.image, report.platform, "osv", { from: 1000, to: 1000 })).toEqual(report);
      expect(await store.scans.find(report.image, report.platform, "osv", { from: 1001, to: 2000 })).toBeUndefined();
      expect(await store.scans.find(report.image, report.platform, "trivy", { from: 0, to: 9000 })).toBeUndefined();
      const { os, architecture } = report.platform;
      expect(await store.scans.find(report.image, { os, architecture }, "osv", { from: 0, to: 9000 })).toBeUndefined();
    });

    test("never give way to an older one", async () => {
      const newer = { ...report, packages: [] };
      await store.scans.save(newer, 3000);
      await store.scans.save(report, 2000);
      expect(await store.scans.find(report.image, report.platform, "osv", { from: 0, to: 9000 })).toEqual(newer);
      // What the clock of now calls the future is no scan of now, and gives way to one.
      expect(await store.scans.find(report.image, report.platform, "osv", { from: 0, to: 2999 })).toBeUndefined();
      await store.scans.save(newer, 2 * 86_400_000);
      await store.scans.save(report, 4000);
      expect(await store.scans.find(report.image, report.platform, "osv", { from: 0, to: 9000 })).toEqual(report);
    });
  });

  exposureSuite(() => store);
  lineSuite(() => store);

  test("pulls are found by branch and by merge, newest first", async () => {
    const repository = repositoryOf("pulls");
    const { host, installation, repository: id } = repository;
    const pull: PullRecord = {
      ...{ repository: { host, installation, repository: id }, branch: "oakum/main/node-1", base: "main", title: "t" },
      group: { id: "g", image: { registry: "docker.io", repository: "library/node" }, track: "22", updates: [] },
      ...{ baseSha: "1".repeat(40), heads: ["2".repeat(40)], state: "open", openedAt: 5 },
    };
    const second: PullRecord = { ...pull, branch: "oakum/main/node-2", openedAt: 6 };
    const third: PullRecord = { ...pull, branch: "oakum/main/node-3", openedAt: 6 };
    for (const record of [second, third, pull]) await store.pulls.save(record);
    expect(await store.pulls.list(repository)).toEqual([third, second, pull]);
    expect(await store.pulls.get(repository, pull.branch)).toEqual(pull);
    const merged: PullRecord = { ...pull, state: "merged", merge: "3".repeat(40), number: 4 };
    await store.pulls.save(merged);
    expect(await store.pulls.byMerge(repository, "3".repeat(40))).toEqual(merged);
    expect(await store.pulls.byMerge(repositoryOf("other"), "3".repeat(40))).toBeUndefined();
    expect(await store.pulls.list(undefined)).toEqual(expect.arrayContaining([merged, second, third]));
  });

  test("a pull that merged stays when its branch gets another", async () => {
    const { host, installation, repository: id } = repositoryOf("again");
    const repository = { host, installation, repository: id };
    const open: PullRecord = {
      ...{ repository, branch: "oakum/main/node-1", base: "main", title: "t", baseSha: "1".repeat(40), heads: [] },
      group: { id: "g", image: { registry: "docker.io", repository: "library/node" }, track: "22", updates: [] },
      ...{ state: "open", openedAt: 1 },
    };
    const merged: PullRecord = { ...open, state: "merged", merge: "3".repeat(40) };
    const next: PullRecord = { ...open, openedAt: 2 };
    await store.pulls.update(repository, open.branch, () => expect.unreachable("there is none yet"));
    await store.pulls.save({ ...open, state: "closed" });
    await store.pulls.save(open);
    await store.pulls.update(repository, open.branch, () => merged);
    await store.pulls.save(merged);
    await store.pulls.save(next);
    await store.pulls.update(repository, open.branch, (record) => ({ ...record, number: 9 }));
    expect(await store.pulls.get(repository, open.branch)).toEqual({ ...next, number: 9 });
    expect(await store.pulls.byMerge(repository, "3".repeat(40))).toEqual(merged);
    expect(await store.pulls.list(repository)).toEqual([{ ...next, number: 9 }, merged]);
    const own = (records: readonly PullRecord[]) => records.filter((one) => one.repository.repository === id);
    expect(own(await store.pulls.unmerged())).toEqual([{ ...next, number: 9 }]);
    expect(own(await store.pulls.unreleased())).toEqual([merged]);
    expect((await store.pulls.repositories()).filter((one) => one.repository === id)).toEqual([repository]);
    const image = { ...merged.group.image, digest: digestOf("a") };
    const release = { repository, merge: "3".repeat(40), image, reference: image, campaign: "c" };
    await store.rollouts.saveRelease(release);
    expect(own(await store.pulls.unreleased())).toEqual([]);
  });

  test("concurrent changes of a pull are all kept", async () => {
    const repository = { host: "github.com", installation: 7, repository: 800 };
    const pull: PullRecord = {
      ...{ repository, branch: "oakum/main/a-1", base: "main", title: "t", baseSha: "1".repeat(40), heads: [] },
      group: { id: "g", image: { registry: "docker.io", repository: "library/node" }, track: "22", updates: [] },
      ...{ state: "open", openedAt: 1 },
    };
    await store.pulls.save(pull);
    const heads = Array.from({ length: 8 }, (_, n) => String(n).repeat(40));
    const add = (head: string) =>
      store.pulls.update(repository, pull.branch, (record) => ({ ...record, heads: [...record.heads, head] }));
    await Promise.all(heads.map(add));
    expect(new Set((await store.pulls.get(repository, pull.branch))?.heads)).toEqual(new Set(heads));
  });

  describe("rollouts", () => {
    const repository = { host: "github.com", installation: 7, repository: 900 };
    const release: Release = {
      repository,
      merge: "4".repeat(40),
      image: { registry: "ghcr.io", repository: "acme/app", digest: digestOf("d") },
      reference: { registry: "ghcr.io", repository: "acme/app", tag: "4" },
      campaign: "c1",
    };
    const rollout: Rollout = {
      ...{ id: "r1", target: { repository, environment: "staging", name: "app" }, release, phase: "waiting" },
      ...{ since: 1, attempt: 0, granted: false, soak: 60 },
    };

    test("releases are found by merge and by digest, the newest of a digest", async () => {
      const again = { ...release, merge: "5".repeat(40) };
      await store.rollouts.saveRelease(release);
      await store.rollouts.saveRelease(again);
      expect(await store.rollouts.release(repository, release.merge)).toEqual(release);
      expect(await store.rollouts.releaseByDigest(repository, digestOf("d"))).toEqual(again);
      expect(await store.rollouts.releaseByDigest(repository, digestOf("e"))).toBeUndefined();
    });

    test("a change answers with what it made of the rollout", async () => {
      await store.rollouts.save(rollout);
      const granted = await store.rollouts.update(rollout.id, (fresh) => ({ ...fresh, granted: true }));
      expect(granted).toEqual({ ...rollout, granted: true });
      expect(await store.rollouts.current(rollout.target)).toEqual(granted);
      expect(await store.rollouts.update("none", (fresh) => fresh)).toBeUndefined();
    });

    test("the newest of a target is current, and a campaign has all of its own", async () => {
      const next: Rollout = { ...rollout, id: "r2", phase: "deploying", granted: true };
      await store.rollouts.save(rollout);
      await store.rollouts.save(next);
      await store.rollouts.save({ ...rollout, phase: "failed" });
      expect(await store.rollouts.current(rollout.target)).toEqual(next);
      expect(await store.rollouts.current({ ...rollout.target, name: "other" })).toBeUndefined();
      expect(await store.rollouts.ofCampaign("c1")).toEqual([next, { ...rollout, phase: "failed" }]);
      expect(await store.rollouts.list()).toEqual([next, { ...rollout, phase: "failed" }]);
      expect(await store.rollouts.underWay()).toEqual([next]);
      expect(await store.rollouts.ofRepository(repository)).toHaveLength(2);
      expect(await store.rollouts.ofRepository({ ...repository, repository: 90 })).toEqual([]);
    });
  });

  test("a repository is forgotten with all that only it knew, and nothing of one whose number begins like it", async () => {
    const gone = repositoryOf("gone");
    const longer = { ...gone, repository: gone.repository * 10, name: "longer" };
    const shared = { registry: "docker.io", repository: "library/shared" };
    const mine = { registry: "ghcr.io", repository: "acme/mine" };
    const use: IndexedUse = {
      image: shared,
      tag: "1",
      path: "Dockerfile",
      line: 1,
      text: "shared:1",
      state: "current",
    };
    const platform = { os: "linux", architecture: "amd64" };
    for (const { owner: _, name: __, defaultBranch: ___, private: ____, archived: _____, ...id } of [gone, longer]) {
      const image = { ...mine, digest: digestOf("d") };
      const merge = "9".repeat(40);
      const release: Release = { repository: id, merge, image, reference: image, campaign: "c9" };
      await store.pulls.save({
        ...{ repository: id, branch: "oakum/main/a", base: "main", title: "t", baseSha: merge, heads: [merge], merge },
        ...{ group: { id: "g", image: shared, track: "1", updates: [] }, state: "merged", openedAt: 1 },
      });
      await store.rollouts.saveRelease(release);
      await store.rollouts.save({
        ...{ id: `${id.repository}/staging`, target: { repository: id, environment: "staging", name: "app" }, release },
        ...{ phase: "deploying", since: 1, attempt: 0, granted: true, soak: 0 },
      });
      await store.quarantine.add(id, image.digest, "unhealthy");
    }
    for (const repository of [gone, longer]) await store.index.saveRepository(repository);
    await store.index.saveUses(gone, "1".repeat(40), [use, { ...use, image: mine }]);
    await store.index.saveUses(longer, "1".repeat(40), [use]);
    for (const image of [shared, mine]) {
      const seen = { image, tag: "1", digest: digestOf("d"), firstSeen: 1, lastSeen: 1 };
      await store.observations.save(image, ["1"], [seen]);
      const scanner = { name: "osv", version: "1", database: "1" };
      const scanned = { ...image, digest: digestOf("d") };
      await store.scans.save({ image: scanned, platform, scanner, packages: [], findings: [] }, 1);
      await store.exposures.save(scanned, [], { at: 1, dueAt: 2 });
    }
    const last = await store.ledger.append({ subject: "repo:gone", transition: "seen", cause: "1", data: {} }, 1);

    await store.forget(gone);
    const keptOf = async (repository: Repository) => [
      (await store.index.repository(repository))?.name,
      (await store.index.uses(repository)).length,
      (await store.pulls.list(repository)).length,
      (await store.rollouts.release(repository, "9".repeat(40)))?.campaign,
      (await store.rollouts.current({ repository, environment: "staging", name: "app" }))?.phase,
      (await store.quarantine.digests(repository)).size,
    ];
    expect(await keptOf(gone)).toEqual([undefined, 0, 0, undefined, undefined, 1]);
    expect(await keptOf(longer)).toEqual(["longer", 1, 1, "c9", "deploying", 1]);
    const known = async (image: ImageName) => [
      (await store.observations.of(image))?.observations.length,
      (await store.scans.find({ ...image, digest: digestOf("d") }, platform, "osv", { from: 0, to: 9000 }))?.findings
        .length,
    ];
    expect([await known(mine), await known(shared)]).toEqual([
      [undefined, undefined],
      [1, 0],
    ]);
    expect(await store.ledger.last()).toEqual(last);
    // What only the forgotten one used is not known to have been scanned any more.
    const again = [use, { ...use, image: mine, digest: digestOf("d") }];
    await store.index.saveUses(longer, "2".repeat(40), again);
    const due = (await store.exposures.due(1, 1000)).filter(({ digest }) => digest === digestOf("d"));
    expect(due).toEqual([{ ...mine, digest: digestOf("d") }]);
  });

  test("an outlook is the newest of its repository, and goes with it", async () => {
    const repository = repositoryOf("outlook");
    const nothing = { shown: [], total: 0 };
    const outlook = {
      mode: "observe",
      states: { held: 1 },
      updates: nothing,
      unread: nothing,
      problems: nothing,
    } as const;
    await store.index.saveRepository(repository);
    await store.outlooks.save(repository, outlook);
    await store.outlooks.save(repository, { ...outlook, problems: { shown: ["\u0000"], total: 1 } });
    expect(await store.outlooks.of(repository)).toMatchObject({ problems: { shown: ["\u0000"] } });
    expect([...(await store.outlooks.list(repository)).keys()]).toContain(repositoryKey(repository));
    expect((await store.outlooks.list({ ...repository, installation: 999 })).size).toBe(0);
    await store.index.saveRepository({ ...repository, name: "renamed" });
    expect(await store.outlooks.of(repository)).toBeDefined();
    await store.index.removeRepository(repository);
    await store.outlooks.save(repository, outlook);
    expect(await store.outlooks.of(repository)).toBeUndefined();
  });

  test("quarantine holds a digest in its repository only", async () => {
    const repository = repositoryOf("quarantined");
    await store.quarantine.add(repository, digestOf("f"), "unhealthy");
    await store.quarantine.add(repository, digestOf("f"), "again");
    expect(await store.quarantine.digests(repository)).toEqual(new Set([digestOf("f")]));
    expect(await store.quarantine.digests(repositoryOf("clean"))).toEqual(new Set());
  });

  describe("ledger", () => {
    const fact: Fact = {
      subject: "pull:x",
      transition: "merged",
      cause: "1",
      data: { "\0key": "a\0b", n: [1.5, null] },
    };

    test("a fact appended twice stands once", async () => {
      const first = await store.ledger.append(fact, 1_000);
      expect(await store.ledger.append({ ...fact, data: {} }, 2_000)).toEqual(first);
      expect(await store.ledger.find("pull:x", "merged", "1")).toEqual(first);
      expect(await store.ledger.last()).toEqual(first);
      expect(await store.ledger.find("pull:x", "merged", "2")).toBeUndefined();
      const second = await store.ledger.append({ ...fact, cause: "2" }, 3_000);
      await store.ledger.append({ ...fact, transition: "other" }, 4_000);
      expect(await store.ledger.newest("pull:x", "merged")).toEqual(second);
      expect(await store.ledger.newest("pull:x", "opened")).toBeUndefined();
    });

    test("the chain is whole after concurrent writers, each in transactions that do more", async () => {
      const write = async (writer: number) => {
        for (let n = 0; n < 25; n++) {
          await store.transaction(async (tables) => {
            await tables.fences.take(`writer-${writer}`);
            await tables.ledger.append(
              { subject: `w${writer}`, transition: "wrote", cause: String(n % 20), data: { n } },
              n,
            );
          });
        }
      };
      await Promise.all([1, 2, 3, 4].map(write));
      const entries = await store.ledger.read(0, 1_000);
      expect(verifyChain(entries)).toMatchObject({ state: "whole", count: entries.length });
      expect(entries.filter(({ transition }) => transition === "wrote")).toHaveLength(80);
    });

    test("is read in pages", async () => {
      const [first, second, third] = await store.ledger.read(0, 3);
      expect(await store.ledger.read(first!.sequence, 2)).toEqual([second, third]);
    });

    test("a transaction that fails leaves neither fact nor gap", async () => {
      const before = await store.ledger.last();
      const failing = store.transaction(async (tables) => {
        await tables.ledger.append({ ...fact, cause: "rolled back" }, 1);
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await store.ledger.last()).toEqual(before);
    });
  });

  test("a fence grows with each start, and is what the last one took", async () => {
    expect(await store.fences.current("k")).toBe(0);
    expect(await store.fences.take("k")).toBe(1);
    expect(await store.fences.take("k")).toBe(2);
    expect(await store.transaction((tables) => tables.fences.current("k"))).toBe(2);
  });

  test("a delivery is remembered once, and not for ever", async () => {
    const month = 31 * 24 * 60 * 60 * 1000;
    expect(await store.deliveries.remember("guid", 0)).toBe(true);
    expect(await store.deliveries.remember("guid", 1)).toBe(false);
    expect(await store.deliveries.remember("another", month)).toBe(true);
    expect(await store.deliveries.remember("guid", month)).toBe(true);
  });

  test("what would go past the caller's transaction is refused", async () => {
    const past = "past the transaction";
    await expect(store.transaction(() => store.fences.take("past"))).rejects.toThrow(past);
    await expect(store.transaction(() => store.jobs.enqueue({ kind: "sweep" }))).rejects.toThrow(past);
    await expect(store.transaction(() => store.transaction(async () => {}))).rejects.toThrow(past);
    expect(await store.fences.current("past")).toBe(0);
  });

  test("a transaction is all or nothing", async () => {
    const repository = repositoryOf("atomic");
    const failing = store.transaction(async (tables) => {
      await tables.index.saveRepository(repository);
      await tables.jobs.enqueue({ kind: "repo", repository });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await store.index.repository(repository)).toBeUndefined();
    expect(await store.queue.counts()).toEqual([]);
  });
}
