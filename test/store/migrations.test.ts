import type { PGlite } from "@electric-sql/pglite";
import { expect, onTestFinished, test } from "vitest";
import type { Outlook } from "../../src/core/plan/outlook.ts";
import type { Digest, ImageName } from "../../src/core/reference.ts";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import { engineOn } from "../../src/store/kysely/embedded.ts";
import { storeOn } from "../../src/store/kysely/open.ts";
import { freshEmbedded } from "./database.ts";

const image: ImageName = { registry: "registry.test", repository: "base" };
const digest: Digest = `sha256:${"a".repeat(64)}`;
const seen = { image, tag: "1", digest, firstSeen: 5, lastSeen: 9 };
const head = "1".repeat(40);
const id = { host: "github.com", installation: 1, repository: 1 };
const shop = { ...id, owner: "acme", name: "shop", defaultBranch: "main", private: true, archived: false };
const NOTHING = { shown: [], total: 0 };
const outlook: Outlook = {
  mode: "propose",
  states: { update: 2 },
  updates: NOTHING,
  unread: NOTHING,
  problems: NOTHING,
};
const extraction = { commit: head, uses: [], problems: [] };
const uses = ["api/Dockerfile", "web/Dockerfile"].map((path): IndexedUse => {
  return { image, tag: "1", digest, path, line: 1, text: `base:1@${digest}`, state: "update", owners: ["@acme/web"] };
});

/** The tables as they were before there were lines, with what is in them: the latest migrations, taken back by hand. */
const BEFORE_LINES = [
  "alter table uses drop column globs",
  "drop table digests, publications, lines",
  ...[
    ["uses", "repository_key, ordinal"],
    ["extractions", "repository_key"],
    ["outlooks", "repository_key"],
  ].flatMap(([table, key]) => [
    `alter table ${table} drop constraint ${table}_pkey, drop column base, add primary key (${key})`,
  ]),
  "alter table repositories drop column maintained",
  "delete from kysely_migration where name >= '0090'",
];

/** A store on the database, which stays open when the store is closed. */
function open(pglite: PGlite) {
  const kept = new Proxy(pglite, {
    get: (target, key) => {
      const value = key === "close" ? async () => {} : Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return storeOn(engineOn(kept), { log: { error: () => {} }, now: Date.now });
}

test("a store from before there were lines keeps all that it held, as of its default branches", async () => {
  const pglite = await freshEmbedded();
  onTestFinished(() => pglite.close());
  const older = await open(pglite);
  await older.index.saveRepository({ ...shop, named: head });
  await older.index.saveUses(shop, head, uses);
  await older.index.saveExtraction(shop, "reader", extraction);
  await older.outlooks.save(shop, outlook);
  await older.observations.save(image, ["1"], [seen]);
  await older.ledger.append({ subject: "s", transition: "t", cause: "c", data: {} }, 1);
  await older.close();
  for (const statement of BEFORE_LINES) await pglite.exec(statement);

  const store = await open(pglite);
  onTestFinished(() => store.close());
  expect(await store.index.repository(id)).toEqual({ ...shop, named: head, head });
  expect(await store.index.uses(id)).toEqual(uses);
  expect(await store.index.lines(id)).toEqual([]);
  expect(await store.index.extraction(id, "reader")).toEqual(extraction);
  expect(await store.outlooks.of(id)).toEqual(outlook);
  expect((await store.index.users(image)).map(({ name }) => name)).toEqual(["shop"]);
  expect((await store.observations.of(image))?.observations).toEqual([seen]);
  expect(await store.ledger.read(0, 10)).toHaveLength(1);
  // And it takes lines from now on.
  await store.index.saveLines(id, { patterns: ["1.x"], left: 0 }, new Map([["1.x", head]]));
  await store.index.saveUses({ ...id, base: "1.x" }, head, uses);
  expect(await store.index.uses({ ...id, base: "1.x" })).toEqual(uses);
  expect(await store.index.uses(id)).toEqual(uses);
});
