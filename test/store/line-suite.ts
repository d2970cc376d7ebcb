import { beforeAll, describe, expect, test } from "vitest";
import { lineKey } from "../../src/core/line.ts";
import type { Outlook } from "../../src/core/plan/outlook.ts";
import type { ImageName } from "../../src/core/reference.ts";
import type { Repository } from "../../src/core/repository.ts";
import { type IndexedUse, REFUSED } from "../../src/store/inverted-index.ts";
import type { OpenStore } from "../../src/store/store.ts";

const IMAGE: ImageName = { registry: "registry.test", repository: "lines/base" };
const [MAIN, OLD, NEW] = ["1".repeat(40), "2".repeat(40), "3".repeat(40)];
const MAINTAINED = { patterns: ["release/*"], left: 0 };
const NOTHING = { shown: [], total: 0 };
const OUTLOOK: Outlook = {
  ...{ mode: "observe" as const, states: { held: 1 } },
  ...{ updates: NOTHING, unread: NOTHING, problems: NOTHING },
};

let ids = 7200;
function repositoryOf(name: string): Repository {
  ids += 1;
  const named = { owner: "acme", name, defaultBranch: "main", private: true, archived: false };
  return { host: "github.com", installation: 72, repository: ids, ...named };
}

function useOf(tag: string): IndexedUse {
  return { image: IMAGE, tag, path: "Dockerfile", line: 1, text: `base:${tag}`, state: "current" };
}

/** What every store must keep of branches beside the default one. */
export function lineSuite(storeOf: () => OpenStore): void {
  describe("lines", () => {
    let store: OpenStore;
    beforeAll(() => {
      store = storeOf();
    });

    async function branched(name: string, ...bases: readonly string[]) {
      const repository = repositoryOf(name);
      await store.index.saveRepository({ ...repository, named: MAIN });
      await store.index.saveLines(repository, MAINTAINED, new Map(bases.map((base) => [base, OLD])));
      return { repository, line: { ...repository, base: bases[0] ?? "" } };
    }

    test("have uses, a head, an extraction and an outlook of their own", async () => {
      const { repository, line } = await branched("own", "release/1.x");
      await store.index.saveUses(repository, MAIN, [useOf("2"), useOf("3")]);
      await store.index.saveUses(line, OLD, [useOf("1")]);
      await store.index.saveExtraction(line, "r", { commit: OLD, uses: [], problems: [] });
      await store.outlooks.save(line, OUTLOOK);
      expect(await store.index.uses(repository)).toEqual([useOf("2"), useOf("3")]);
      expect(await store.index.uses(line)).toEqual([useOf("1")]);
      expect(await store.index.lines(repository)).toEqual([{ base: "release/1.x", named: OLD, head: OLD }]);
      expect(await store.index.extraction(line, "r")).toMatchObject({ commit: OLD });
      expect(await store.index.extraction(repository, "r")).toBeUndefined();
      expect(await store.outlooks.of(repository)).toBeUndefined();
      expect([...(await store.outlooks.list(repository)).keys()]).toEqual([lineKey(line)]);
      // Who uses an image is named once, whatever the number of its lines; tags are those of all.
      expect((await store.index.users(IMAGE)).map(({ name }) => name)).toEqual(["own"]);
      expect(await store.index.tagsInUse(IMAGE)).toEqual([{ tag: "1" }, { tag: "2" }, { tag: "3" }]);
      await store.index.removeExtraction(repository);
      expect(await store.index.uses(line)).toEqual([useOf("1")]);
    });

    test("are shown beside the default branch, each use with its branch", async () => {
      const { repository, line } = await branched("shown", "release/1.x");
      await store.index.saveUses(repository, MAIN, [useOf("2")]);
      await store.index.saveUses(line, OLD, [useOf("1")]);
      const looking = { viewer: "all", freshSince: 0 } as const;
      const { shown, total } = await store.views.uses({ ...looking, repository }, { offset: 0, limit: 9 });
      expect([total, ...shown.map(({ base = "", tag }) => `${base} ${tag}`)]).toEqual([2, " 2", "release/1.x 1"]);
      const listed = await store.views.repositories(looking, { offset: 0, limit: 9 }, "acme/shown");
      expect(listed).toMatchObject({ total: 1, shown: [{ uses: 2, isRead: true }] });
    });

    test("that are not kept any more leave nothing", async () => {
      const { repository, line } = await branched("left", "release/1.x", "release/2.x");
      const other = { ...repository, base: "release/2.x" };
      for (const one of [line, other]) {
        await store.index.saveUses(one, OLD, [useOf("1")]);
        await store.index.saveExtraction(one, "r", { commit: OLD, uses: [], problems: [] });
        await store.outlooks.save(one, OUTLOOK);
      }
      await store.index.saveLines(repository, { ...MAINTAINED, left: 3 }, new Map([["release/2.x", NEW]]));
      expect(await store.index.lines(repository)).toEqual([{ base: "release/2.x", named: NEW, head: OLD }]);
      expect((await store.index.repository(repository))?.maintained).toEqual({ ...MAINTAINED, left: 3 });
      expect(await store.index.uses(line)).toEqual([]);
      expect(await store.index.extraction(line, "r")).toBeUndefined();
      expect(await store.outlooks.of(line)).toBeUndefined();
      await store.index.saveUses(line, OLD, [useOf("1")]);
      await store.index.saveExtraction(line, "r", { commit: OLD, uses: [], problems: [] });
      await store.outlooks.save(line, OUTLOOK);
      expect(await store.index.uses(line)).toEqual([]);
      expect(await store.index.extraction(line, "r")).toBeUndefined();
      expect(await store.outlooks.of(line)).toBeUndefined();
      await store.index.saveLines(repository, undefined, new Map());
      expect(await store.index.lines(repository)).toEqual([]);
      expect(await store.index.repository(repository)).toEqual({ ...repository, named: MAIN });
      await store.index.removeRepository(repository);
      expect(await store.index.uses(other)).toEqual([]);
    });

    test("are in doubt each by itself; one that may be new is there until its doubt is settled", async () => {
      const { repository, line } = await branched("doubted", "release/1.x");
      const doubt = { cause: NEW, since: 1 };
      const fresh = { ...repository, base: "release/3.x" };
      await store.index.doubt(line, { cause: OLD, since: 1 });
      await store.index.doubt(line, doubt);
      await store.index.doubt(fresh, doubt);
      expect(await store.index.repository(repository)).not.toHaveProperty("doubt");
      const inDoubt = [
        { base: "release/1.x", named: OLD, doubt },
        { base: "release/3.x", doubt },
      ];
      expect(await store.index.lines(repository)).toEqual(inDoubt);
      // What GitHub does not name yet is asked for once more, as long as it is in doubt.
      await store.index.saveLines(repository, MAINTAINED, new Map([["release/1.x", OLD]]));
      expect(await store.index.lines(repository)).toEqual(inDoubt);
      for (const one of [line, fresh]) {
        await store.index.settle(one, { ...doubt, since: 2 });
        await store.index.settle(one, doubt);
      }
      expect(await store.index.lines(repository)).toEqual([{ base: "release/1.x", named: OLD }]);
      // By its name, the default branch is meant as such.
      await store.index.doubt({ ...repository, base: "main" }, doubt);
      expect(await store.index.repository(repository)).toMatchObject({ doubt });
      expect(await store.index.lines(repository)).toHaveLength(1);
    });

    test("are refused until that is settled, whatever else is said meanwhile", async () => {
      const repository = repositoryOf("refused");
      await store.index.saveRepository(repository);
      const refused = { cause: REFUSED, since: 1 };
      await store.index.doubt(repository, refused);
      await store.index.doubt(repository, { cause: NEW, since: 2 });
      expect(await store.index.repository(repository)).toMatchObject({ doubt: { cause: REFUSED, since: 2 } });
      await store.index.settle(repository, refused);
      expect(await store.index.repository(repository)).toHaveProperty("doubt");
      await store.index.settle(repository, { cause: REFUSED, since: 2 });
      expect(await store.index.repository(repository)).not.toHaveProperty("doubt");
    });

    test("that policy names nowhere are never begun by a doubt", async () => {
      const repository = repositoryOf("plain");
      await store.index.saveRepository(repository);
      await store.index.doubt({ ...repository, base: "feature" }, { cause: NEW, since: 1 });
      expect(await store.index.lines(repository)).toEqual([]);
    });
  });
}
