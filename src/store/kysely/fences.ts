import type { Fences } from "../store.ts";
import type { Connection } from "./schema.ts";

export function fencesTable(db: Connection): Fences {
  return {
    take: async (key) => {
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
      const fence = db.selectFrom("fences").select("number").where("key", "=", key);
      const row = await (db.isTransaction ? fence.forUpdate() : fence).executeTakeFirst();
      return row?.number ?? 0;
    },
  };
}
