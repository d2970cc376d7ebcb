import type { Fences } from "../fences.ts";
import type { Connection } from "./schema.ts";
import type { Version } from "./version.ts";

export function fencesTable(db: Connection, version: Version): Fences {
  return {
    take: async (key) => {
      await version.assertOwn(db);
      const { number } = await db
        .insertInto("fences")
        .values({ key, number: 1 })
        .onConflict((conflict) =>
          conflict.column("key").doUpdateSet(({ eb, ref }) => ({ number: eb(ref("fences.number"), "+", 1) })),
        )
        .returning("number")
        .executeTakeFirstOrThrow();
      return number;
    },
    current: async (key) => {
      await version.assertOwn(db);
      const fence = db.selectFrom("fences").select("number").where("key", "=", key);
      const row = await (db.isTransaction ? fence.forUpdate() : fence).executeTakeFirst();
      return row?.number ?? 0;
    },
  };
}
