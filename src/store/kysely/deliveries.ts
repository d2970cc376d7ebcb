import type { Deliveries } from "../deliveries.ts";
import type { Connection } from "./schema.ts";

/** GitHub redelivers for three days; ten times that, and no more, is kept. */
const KEPT = 30 * 24 * 60 * 60 * 1000;
const PRUNED_AT_ONCE = 100;

export function deliveriesTable(db: Connection): Deliveries {
  return {
    remember: async (id, at) => {
      const added = await db
        .insertInto("deliveries")
        .values({ id, at })
        .onConflict((conflict) => conflict.doNothing())
        .returning("id")
        .executeTakeFirst();
      if (added !== undefined) await prune(db, at - KEPT);
      return added !== undefined;
    },
  };
}

async function prune(db: Connection, before: number): Promise<void> {
  const old = db.selectFrom("deliveries").select("id").where("at", "<", before).limit(PRUNED_AT_ONCE);
  // Rows that another webhook is pruning just now are left to it.
  await db.deleteFrom("deliveries").where("id", "in", old.forUpdate().skipLocked()).execute();
}
